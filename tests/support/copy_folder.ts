/**
 * A copy of a folder that tests may write in.
 *
 * @module
 */

/** Copies a folder, but for what jugdirs in it hold. `to` must not be there. */
export function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (name.endsWith(".jugdata")) continue;
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
