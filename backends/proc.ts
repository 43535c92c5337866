/**
 * What Linux tells of itself under /proc.
 *
 * @module
 */

/**
 * A file under /proc; `undefined` elsewhere than on Linux, and where it may not be read. To read there takes every
 * permission there is (Deno's rule), and nobody is asked for one.
 */
export function readProc(path: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const isGranted = (name: "run" | "ffi") => Deno.permissions.querySync({ name }).state === "granted";
  if (!isGranted("run") || !isGranted("ffi")) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // optional: callers do without
  }
}
