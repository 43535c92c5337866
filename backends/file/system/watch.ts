/**
 * Notifications of writes from the system, so that a process that waits for a long time need not poll.
 *
 * @module
 */

/**
 * Calls `touched` whenever a process of this host writes to a file directly in `folder`. Returns a function that ends
 * this, or `undefined` if the folder cannot be watched (if the system has no watches left, for example). Writes of
 * other hosts are not reported.
 */
export function watchFolder(folder: string, touched: () => void): (() => void) | undefined {
  // Other systems delay the notifications, or watch everything below the folder.
  if (Deno.build.os !== "linux") return undefined;
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(folder, { recursive: false });
  } catch {
    return undefined; // optional: polling works without it
  }
  let isOpen = true;
  (async () => {
    for await (const _ of watcher) {
      if (!isOpen) return;
      touched();
    }
  })().catch(() => {/* optional, as above */});
  return () => {
    if (!isOpen) return;
    isOpen = false;
    watcher.close();
  };
}
