/**
 * What `--debug` checks of each task: that its arguments are still what it was declared with, and that it changes neither
 * them nor what it shares with other tasks.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { sharedKeys, type SharedValues } from "../../core/value/nodes_in.ts";
import { formatArguments } from "../../core/format.ts";
import { hashTask, hashValue } from "../../core/value/hash.ts";
import { JugError } from "../../core/errors.ts";
import { encodePayload } from "../../core/value/payload.ts";
import type { DeclaredTask } from "../../core/session/session.ts";

/** What the arguments of a task were when it began: a digest of each, `undefined` where it cannot be told. */
export type Seen = readonly (string | undefined)[];

/** Checks the tasks of one worker. */
export class DebugChecks {
  readonly #shared: SharedValues;
  /** What each shared value was when it was made. */
  readonly #sharedDigests = new Map<string, string | undefined>();

  constructor(shared: SharedValues) {
    this.#shared = shared;
  }

  /**
   * Before a task runs with `args`.
   *
   * @throws {JugError} where the arguments that it was declared with have changed since, or a shared value has.
   */
  begin(task: DeclaredTask, args: readonly unknown[]): Seen {
    requireAsDeclared(task);
    this.#requireSharedUnchanged(task, "before it began");
    return args.map(digestOf);
  }

  /**
   * After it ran.
   *
   * @throws {JugError} where something has changed, naming the argument.
   */
  end(task: DeclaredTask, args: readonly unknown[], seen: Seen): void {
    // What is shared is a part of an argument, so it is looked at first: others depend on it.
    this.#requireSharedUnchanged(task, "while it ran");
    const changed = args.findIndex((arg, i) => seen[i] !== undefined && digestOf(arg) !== seen[i]);
    if (changed >= 0) {
      throw new JugError("usage", `${task.name} changed its argument ${changed + 1}, now ${oneLine(args[changed])}`, {
        remedy: "Change a copy: structuredClone(x), [...list], list.toSorted()",
      });
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
        // Tasks that follow get it as it was.
        this.#shared.delete(key);
        this.#sharedDigests.delete(key);
        throw new JugError(
          "usage",
          `the shared value in argument ${i + 1} of ${task.name} was changed ${when}, and is now ${oneLine(value)}`,
          { remedy: "Every task of a worker gets the same one: change a copy, or pass it without shared()" },
        );
      }
    }
  }
}

/** The hash says what a task was declared with. */
function requireAsDeclared({ name, definition, args, hash }: DeclaredTask): void {
  if (hashOf(name, definition.version, args) === hash) return;
  throw new JugError("usage", `${name}: its arguments changed after it was declared, to ${formatArguments(args)}`, {
    remedy: "Its result would be kept under the old arguments: pass the task a copy, or finish the list before",
  });
}

function hashOf(name: string, version: string | undefined, args: readonly unknown[]): string | undefined {
  try {
    return hashTask({ name, version, args }).hash;
  } catch {
    return undefined; // what stands there now cannot be an argument
  }
}

/** A digest of a value: a result may hold what cannot be an argument, and what was not hashed may be anything. */
function digestOf(value: unknown): string | undefined {
  try {
    return hashValue(value);
  } catch {
    try {
      return createHash("sha256").update(encodePayload(value, "value").bytes).digest("hex");
    } catch {
      return undefined;
    }
  }
}

function oneLine(value: unknown): string {
  return formatArguments([value], 60);
}
