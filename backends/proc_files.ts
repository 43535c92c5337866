/**
 * Reads files under /proc on Linux.
 *
 * @module
 */

/**
 * Returns the content of a file under /proc, `undefined` if the system is not Linux or the file may not be read. Deno
 * requires all permissions for that; this function never prompts for one.
 */
export function readProc(path: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const isGranted = (name: "run" | "ffi") => Deno.permissions.querySync({ name }).state === "granted";
  if (!isGranted("run") || !isGranted("ffi")) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // optional: callers can work without it
  }
}
