/**
 * Explains database errors to the user: what happened, where, and what to do.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Deno passes on SQLite's error number for some errors only. The texts are SQLite's own, and do not change.
const BUSY = /database is locked|database table is locked|database schema is locked/;

interface Known {
  readonly words: RegExp;
  readonly what: string;
  readonly remedy: string;
}

const KNOWN: readonly Known[] = [
  {
    words: /file is not a database/,
    what: "the file is not a database",
    remedy: "Choose another file with --jugdir, or move this one away",
  },
  {
    words: /database or disk is full/,
    what: "the disk is full",
    remedy: "Free some space and run again: no incomplete result was stored",
  },
  {
    words: /readonly database/,
    what: "it is read-only",
    remedy:
      "Check the permissions of the file (`chmod g+w` lets its group write), of its folder, and of -wal and -shm next to it, " +
      "or choose another with --jugdir",
  },
  {
    words: /malformed/,
    what: "the database is damaged",
    remedy: "Move it away and run again, or recover the readable part with `sqlite3 FILE .recover`",
  },
  {
    words: /unable to open database file/,
    what: "it cannot be opened",
    remedy: "Check that it is a file, that its folder exists, and the permissions of both",
  },
  {
    words: /too big/,
    what: "a result is larger than SQLite's limit of a billion bytes",
    remedy: "Use a folder as jugdir, or return the name of a file instead",
  },
  {
    words: /disk I\/O error/,
    what: "a file operation failed",
    remedy: "Check that the disk is available and has space, and that the file was not replaced",
  },
];

/** Whether another connection holds a lock, so that a retry may succeed. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && BUSY.test(error.message);
}

/** Whether Deno's permissions or the system do not permit writing to the database. */
export function isWriteRefused(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /readonly database|unable to open database file/.test(error.message));
}

/** Converts any error of an operation to a `JugError` that names the address and the remedy. */
export function explain(error: unknown, address: string): JugError {
  if (isJugError(error)) return error;
  const of = (what: string, remedy: string) =>
    new JugError("backend", `"${address}": ${what}`, { remedy, cause: error });
  if (error instanceof Deno.errors.NotCapable) {
    return new JugError("backend", `"${address}": ${missingPermission(error.message) ?? error.message}`, {
      cause: error,
    });
  }
  const known = KNOWN.find(({ words }) => words.test(textOf(error)));
  if (known !== undefined) return of(known.what, known.remedy);
  return of(`an operation failed: ${textOf(error)}`, "Check that the file exists, and is readable and writable");
}

/** Returns the error for a database that another program has kept locked for too long. */
export function lockedError(address: string, limitMs: number): JugError {
  const seconds = Math.round(limitMs / 1000);
  return new JugError("backend", `"${address}" was locked by another program for ${seconds} s`, {
    remedy: "End that program's transaction (an open sqlite3 shell, a backup), and run again",
  });
}

/** Returns the error for a file that is not the one that was opened any more. */
export function replacedError(address: string): JugError {
  return new JugError("backend", `"${address}" was removed or replaced while jug was using it`, {
    remedy: "Put it back, or run again with the file that is there now",
  });
}

/**
 * Returns the error for a file of SQLite's beside the database (`companion`) that is not the one that others have open.
 */
export function companionError(address: string, companion: string): JugError {
  return new JugError(
    "backend",
    `"${address}": ${companion} was removed or replaced while jug was using the database`,
    {
      remedy:
        "Wait until all processes that use it have ended, and run again: stored results are kept. Leave that file alone while the database is in use",
    },
  );
}
