/**
 * Calls of the simulated file system that fail, and how Deno throws such failures.
 *
 * @module
 */

/** Codes that a call fails with when it is told to. */
export const FAULT_CODES = ["ENOSPC", "EIO", "ESTALE", "EACCES"] as const;

/** A code that a call fails with when it is told to. */
export type FaultCode = typeof FAULT_CODES[number];

/** A code that a call fails with. */
export type SystemCode = FaultCode | "ENOENT" | "EEXIST" | "EISDIR" | "ENOTDIR" | "ENOTSUP";

const TEXTS: Record<SystemCode, string> = {
  ENOSPC: "No space left on device (os error 28)",
  EIO: "Input/output error (os error 5)",
  ESTALE: "Stale file handle (os error 116)",
  EACCES: "Permission denied (os error 13)",
  ENOENT: "No such file or directory (os error 2)",
  EEXIST: "File exists (os error 17)",
  EISDIR: "Is a directory (os error 21)",
  ENOTDIR: "Not a directory (os error 20)",
  ENOTSUP: "Operation not supported (os error 95)",
};

/** Whether `text` is a code that a call fails with. */
export function isSystemCode(text: string): text is SystemCode {
  return Object.hasOwn(TEXTS, text);
}

/** A call that failed, on the side of the simulated file system. */
export class SystemFailure extends Error {
  constructor(readonly code: SystemCode, readonly path: string) {
    super(`${code} ${path}`);
  }
}

/**
 * What Deno 2.9.6 throws for `code`: where it has no class of its own, a plain `Error` with a `code`. A stale file handle has
 * no code either, only its message tells.
 */
export function denoError(code: SystemCode, call: string, path: string): Error {
  const error = errorOf(code, `${TEXTS[code]}: ${call} '${path}'`);
  return code === "ESTALE" ? error : Object.assign(error, { code });
}

function errorOf(code: SystemCode, message: string): Error {
  switch (code) {
    case "ENOENT":
      return new Deno.errors.NotFound(message);
    case "EEXIST":
      return new Deno.errors.AlreadyExists(message);
    case "EACCES":
      return new Deno.errors.PermissionDenied(message);
    case "EISDIR":
      return new Deno.errors.IsADirectory(message);
    case "ENOTDIR":
      return new Deno.errors.NotADirectory(message);
    case "ENOTSUP":
      return new Deno.errors.NotSupported(message);
    case "ENOSPC":
    case "EIO":
    case "ESTALE":
      return new Error(message);
  }
}
