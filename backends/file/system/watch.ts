/**
 * Word of writes from the system itself, so that whoever waits for a long time need not look by the clock.
 *
 * @module
 */

/**
 * Calls `touched` whenever a process of this host wrote to a file that lies right in `folder`; the answer ends that. It is
 * `undefined` where nothing can be watched: none is left to be had, say. What other hosts write is not told.
 */
export function watchFolder(folder: string, touched: () => void): (() => void) | undefined {
  // Elsewhere the system gathers such words for a while, or watches all that lies below.
  if (Deno.build.os !== "linux") return undefined;
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(folder, { recursive: false });
  } catch {
    return undefined; // optional: looking by the clock does without
  }
  let isOpen = true;
  (async () => {
    for await (const _ of watcher) {
      if (!isOpen) return;
      touched();
    }
  })().catch(() => {/* as above */});
  return () => {
    if (!isOpen) return;
    isOpen = false;
    watcher.close();
  };
}
