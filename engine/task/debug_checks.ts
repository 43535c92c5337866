/**
 * The checks of `--debug`: the arguments of a task are unchanged since it was declared, and the task changes neither
 * its arguments nor shared values.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { sharedKeys, type SharedValues } from "../../core/value/tasks_in_value.ts";
import { formatArguments } from "../../core/format.ts";
import { hashTask, hashValue } from "../../core/value/hash.ts";
import { JugError } from "../../core/errors.ts";
import { joinParts } from "../../core/value/byte_parts.ts";
import { encodePayload } from "../../core/value/payload.ts";
import { hasSecret } from "../results/secrets.ts";
import type { DeclaredTask } from "../../core/session/session.ts";

/** A digest of each argument of a task when it began; `undefined` if none can be computed. */
export type Seen = readonly (string | undefined)[];

/** Checks the tasks of one worker. */
export class DebugChecks {
  readonly #shared: SharedValues;
  /** The digest of each shared value when it was first checked. */
  readonly #sharedDigests = new Map<string, string | undefined>();

  constructor(shared: SharedValues) {
    this.#shared = shared;
  }

  /**
   * Checks a task before it runs with `args`. Returns their digests, for {@linkcode DebugChecks.end}.
   *
   * @throws {JugError} if the arguments that it was declared with, or a shared value, have been changed since.
   */
  begin(task: DeclaredTask, args: readonly unknown[]): Seen {
    requireAsDeclared(task);
    this.#requireSharedUnchanged(task, "before it began");
    return args.map(digestOf);
  }

  /**
   * Checks a task after it ran.
   *
   * @throws {JugError} if something was changed. The message names the argument.
   */
  end(task: DeclaredTask, args: readonly unknown[], seen: Seen): void {
    // Shared values are parts of arguments. Check them first: other tasks use them, so this error takes precedence.
    this.#requireSharedUnchanged(task, "while it ran");
    const changed = args.findIndex((arg, i) => seen[i] !== undefined && digestOf(arg) !== seen[i]);
    if (changed >= 0) {
      throw new JugError(
        "usage",
        `${task.name} changed its argument ${changed + 1}, now ${shown(task, changed, args[changed])}`,
        {
          remedy: "Change a copy: structuredClone(x), [...list], list.toSorted()",
        },
      );
    }
    requireAsDeclared(task);
  }

  #requireSharedUnchanged(task: DeclaredTask, when: string): void {
    for (const [i, arg] of task.args.entries()) {
      for (const key of sharedKeys(arg)) {
        if (!this.#shared.has(key)) continue;
        const value = this.#shared.get(key);
        const digest = digestOf(value);
        if (!this.#sharedDigests.has(key)) this.#sharedDigests.set(key, digest);
        if (this.#sharedDigests.get(key) === digest) continue;
        // Drop it, so that later tasks get the original value.
        this.#shared.delete(key);
        this.#sharedDigests.delete(key);
        throw new JugError(
          "usage",
          `the shared value in argument ${i + 1} of ${task.name} was changed ${when}, and is now ${
            shown(task, i, value)
          }`,
          { remedy: "All tasks of a worker get the same value: change a copy, or pass it without shared()" },
        );
      }
    }
  }
}

/** Checks that the arguments still have the hash that they had when the task was declared. */
function requireAsDeclared({ name, definition, args, hash }: DeclaredTask): void {
  if (hashOf(name, definition.version, args) === hash) return;
  throw new JugError(
    "usage",
    `${name}: its arguments were changed after it was declared, to ${formatArguments(args)}`,
    {
      remedy:
        "Its result would be stored under the old arguments: pass a copy, or declare the task after the last change",
    },
  );
}

function hashOf(name: string, version: string | undefined, args: readonly unknown[]): string | undefined {
  try {
    return hashTask({ name, version, args }).hash;
  } catch {
    return undefined; // the changed arguments cannot be hashed
  }
}

/**
 * Returns a digest of a value. A result may contain values that cannot be arguments: then its encoding is digested.
 * Arguments that are not hashed may be anything: if they cannot be encoded, returns `undefined`.
 */
function digestOf(value: unknown): string | undefined {
  try {
    return hashValue(value);
  } catch {
    try {
      return createHash("sha256").update(joinParts(encodePayload(value, "value").parts)).digest("hex");
    } catch {
      return undefined;
    }
  }
}

/** Returns a value of the argument at `index` in one line, unless it is secret. */
function shown({ args }: DeclaredTask, index: number, value: unknown): string {
  return hasSecret(args[index]) ? "another value (it is secret)" : formatArguments([value], 60);
}
