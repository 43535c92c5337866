/**
 * Explains file errors to the user: what happened, where, and what to do.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";

/** Returns the system's code of an error (`ENOSPC`, …), if it has one. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the file system does not support an operation at all, so that the caller has to use another way. */
export function isUnsupported(error: unknown): boolean {
  if (error instanceof Deno.errors.NotSupported) return true;
  const code = codeOf(error);
  return code === "EPERM" || code === "ENOSYS" || code === "EOPNOTSUPP" || code === "ENOTSUP" || code === "EMLINK";
}

/** Whether a folder could not be renamed because there is one with content under the new name. */
export function isTaken(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOTEMPTY" || code === "EEXIST" || error instanceof Deno.errors.AlreadyExists;
}

/** Whether an open file was removed on its server. Deno sets no code on this error, so the message is checked, too. */
export function isStale(error: unknown): boolean {
  return codeOf(error) === "ESTALE" || error instanceof Error && /\bStale (?:NFS )?file handle\b/.test(error.message);
}

/** Whether the disk itself failed. */
export function isInputOutputError(error: unknown): boolean {
  return codeOf(error) === "EIO";
}

/** Whether there was no room for what was to be written. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/** Converts any error of a file operation to a `JugError` that names the jugdir and the remedy. */
export function explain(error: unknown, address: string): JugError {
  if (isJugError(error)) return error;
  const of = (what: string, remedy: string) =>
    new JugError("backend", `jugdir "${address}": ${what}: ${textOf(error)}`, { remedy, cause: error });
  if (error instanceof Deno.errors.NotCapable) {
    const refusal = missingPermission(error.message, address) ?? error.message;
    return new JugError("backend", `jugdir "${address}": ${refusal}`, { cause: error });
  }
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return of("the disk is full", "Free some space and run again: no incomplete result was stored");
    case "EROFS":
      return of("it is read-only", "Choose a writable jugdir with --jugdir");
    case "EMFILE":
    case "ENFILE":
      return of("too many files are open", "Raise the limit (ulimit -n), or run fewer workers");
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return of("the system does not allow it", "Check the owner and the permissions of the folder and of its contents");
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return of("there is a folder where a file is expected", "Move that folder away: jug did not create it");
  }
  if (error instanceof Deno.errors.NotADirectory) {
    return of(
      "there is a file where a folder is expected",
      "Move that file away, or choose another jugdir with --jugdir",
    );
  }
  return of("a file operation failed", "Check that the folder exists, and is readable and writable");
}

/** Runs `work` immediately, and explains the error that it throws. */
export function attempt<T>(address: string, work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(explain(error, address));
  }
}
