/**
 * Copies a folder, so that a test may write to the copy.
 *
 * @module
 */

/** Copies a folder, except jugdirs in it. `to` must not exist. */
export function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (name.endsWith(".jugdata")) continue;
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
