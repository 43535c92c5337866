/**
 * Failing calls of the simulated file system, and the errors that Deno throws for them.
 *
 * @module
 */

/** The codes of failures that a plan may inject. */
export const FAULT_CODES = ["ENOSPC", "EIO", "ESTALE", "EACCES"] as const;

/** The code of a failure that a plan may inject. */
export type FaultCode = typeof FAULT_CODES[number];

/** The code of any failure. */
export type SystemCode = FaultCode | "ENOENT" | "EEXIST" | "ENOTEMPTY" | "EISDIR" | "ENOTDIR" | "ENOTSUP";

const TEXTS: Record<SystemCode, string> = {
  ENOSPC: "No space left on device (os error 28)",
  EIO: "Input/output error (os error 5)",
  ESTALE: "Stale file handle (os error 116)",
  EACCES: "Permission denied (os error 13)",
  ENOENT: "No such file or directory (os error 2)",
  EEXIST: "File exists (os error 17)",
  ENOTEMPTY: "Directory not empty (os error 39)",
  EISDIR: "Is a directory (os error 21)",
  ENOTDIR: "Not a directory (os error 20)",
  ENOTSUP: "Operation not supported (os error 95)",
};

/** Whether `text` is the code of a failure. */
export function isSystemCode(text: string): text is SystemCode {
  return Object.hasOwn(TEXTS, text);
}

/** A failed call, inside the simulated file system. */
export class SystemFailure extends Error {
  constructor(readonly code: SystemCode, readonly path: string) {
    super(`${code} ${path}`);
  }
}

/**
 * Returns the error that Deno 2.9.6 throws for `code`. If Deno has no class for the code, this is a plain `Error` with
 * the property `code`. For a stale file handle Deno sets no `code` either; only the message shows it.
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
    case "ENOTEMPTY":
    case "ESTALE":
      return new Error(message);
  }
}
