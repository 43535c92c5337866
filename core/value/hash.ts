/**
 * The identity of tasks: a digest of name, version and arguments, as docs/hash.md specifies.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
import { CanonicalEncoder } from "./canonical.ts";
import type { Use } from "./refusal.ts";

/** What a tasklet does with its base. */
export type TaskletOperation =
  /** takes a member: `task.get(key)` */
  | { readonly kind: "get"; readonly key: unknown }
  /** calls a function with the base's value, and `args` after it */
  | {
    readonly kind: "call";
    readonly name: string;
    readonly version: string | undefined;
    readonly args: readonly unknown[];
  };

/** Some of the elements of the list that a task gives. */
export interface Stretch {
  readonly block: Node;
  /** The index of the first. */
  readonly start: number;
  /** How many, at least one. */
  readonly count: number;
}

/** A hash, and what it depends on. */
export interface Identity {
  readonly hash: Hash;
  /** The tasks and tasklets that were met, in order, each once; never to be changed. */
  readonly dependencies: readonly Node[];
  /** Whether `args` stands in it, which is another list in each session. */
  readonly hasLiveList: boolean;
}

/** The version of the format that docs/hash.md specifies. */
export const HASH_FORMAT = 1;

const PURPOSE = { task: 0x54, get: 0x67, call: 0x63, sequence: 0x71, value: 0x76 } as const;

// An encoder's buffer is worth keeping. One that is in use, since a value's own hash method declares tasks, is not here.
let spare: CanonicalEncoder | undefined;

function open(purpose: number, label: string | undefined, use: Use = "hash"): CanonicalEncoder {
  const encoder = spare ?? new CanonicalEncoder();
  spare = undefined;
  encoder.reset(label, use);
  const sink = encoder.sink;
  sink.ascii("jug");
  sink.byte(HASH_FORMAT);
  sink.byte(purpose);
  return encoder;
}

function close(encoder: CanonicalEncoder): Identity {
  const hash = encoder.sink.finish().slice(0, 40);
  if (!isDigest(hash)) throw new TypeError(`SHA-256 gave ${hash}`);
  const { dependencies, hasLiveList } = encoder;
  if (!encoder.sink.isLarge) {
    // It would keep the arguments alive.
    encoder.reset(undefined, "hash");
    spare = encoder;
  }
  return { hash, dependencies, hasLiveList };
}

/**
 * The hash of a task. `undefined` at the end of the arguments does not count.
 *
 * @throws {JugError} (usage) An argument, or something in it, is of a kind that cannot be hashed; the message says where.
 */
export function hashTask(
  input: { readonly name: string; readonly version: string | undefined; readonly args: readonly unknown[] },
): Identity {
  const encoder = open(PURPOSE.task, input.name);
  encoder.sink.string(input.name);
  encoder.version(input.version);
  encoder.arguments(input.args);
  return close(encoder);
}

/**
 * The hash of a tasklet. Its base is its first dependency.
 *
 * @throws {JugError} (usage) The key or an argument is of a kind that cannot be hashed.
 */
export function hashTasklet(base: Node, operation: TaskletOperation): Identity {
  if (operation.kind === "get") {
    const encoder = open(PURPOSE.get, base.name);
    encoder.node(base);
    encoder.root(operation.key, "the key");
    return close(encoder);
  }
  const encoder = open(PURPOSE.call, operation.name);
  encoder.node(base);
  encoder.sink.string(operation.name);
  encoder.version(operation.version);
  encoder.arguments(operation.args);
  return close(encoder);
}

/** The hash of a sequence: the elements of several lists, one after the other. */
export function hashSequence(label: string, stretches: readonly Stretch[]): Identity {
  const encoder = open(PURPOSE.sequence, label);
  encoder.sink.length(stretches.length);
  for (const { block, start, count } of stretches) {
    encoder.node(block);
    encoder.sink.length(start);
    encoder.sink.length(count);
  }
  return close(encoder);
}

/**
 * The tasks and tasklets in what is to become a result once they are replaced by theirs.
 *
 * @param label Opens the messages, as in "primes.experiment".
 * @throws {JugError} (usage) Something in it is of a kind that cannot be stored; the message says where.
 */
export function nodesInResult(value: unknown, label: string): readonly Node[] {
  const encoder = open(PURPOSE.value, label, "store");
  encoder.root(value, "result");
  return close(encoder).dependencies;
}

/**
 * A digest of any value that could be an argument, as docs/hash.md specifies: equal values have equal digests, on every
 * platform and in every version of jug with the same hash format. A task counts by its own hash.
 *
 * @returns 40 hexadecimal digits.
 * @throws {JugError} (usage) The value, or something in it, is of a kind that cannot be hashed.
 *
 * @example Usage
 * ```ts
 * import { hashValue } from "jug";
 *
 * console.log(hashValue({ a: 1, b: [2] }) === hashValue({ b: [2], a: 1 })); // true
 * ```
 *
 * @category Arguments
 */
export function hashValue(value: unknown): string {
  const encoder = open(PURPOSE.value, undefined);
  encoder.root(value, "value");
  return close(encoder).hash;
}

/** What SHA-256 gives in hexadecimal needs no closer look than at its length, which a task costs less than a pattern. */
function isDigest(text: string): text is Hash {
  return text.length === 40;
}
