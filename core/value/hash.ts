/**
 * Computes the hashes of tasks: digests of name, version and arguments. docs/hash.md is the specification.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
import { CanonicalEncoder } from "./hash_encoding.ts";
import type { Use } from "./refusal.ts";

/** The operation of a tasklet on its base. */
export type TaskletOperation =
  /** returns a member: `task.get(key)` */
  | { readonly kind: "get"; readonly key: unknown }
  /** calls a function with the base's value, followed by `args` */
  | {
    readonly kind: "call";
    readonly name: string;
    readonly version: string | undefined;
    readonly args: readonly unknown[];
  };

/** Consecutive elements of a list that is the result of a task. */
export interface Stretch {
  /** The task whose result is the list. */
  readonly block: Node;
  /** The index of the first element. */
  readonly start: number;
  /** The number of elements, at least one. */
  readonly count: number;
}

/** A hash, and the dependencies found while computing it. */
export interface Identity {
  readonly hash: Hash;
  /** The tasks and tasklets that were found, in order, each once. This array must not be changed. */
  readonly dependencies: readonly Node[];
  /** Whether the hashed value contains `args`, whose content differs from session to session. */
  readonly hasLiveList: boolean;
}

/** The version of the format that docs/hash.md specifies. */
const HASH_FORMAT = 1;

const PURPOSE = { task: 0x54, get: 0x67, call: 0x63, sequence: 0x71, value: 0x76 } as const;

// An encoder is kept for its buffer. While it is in use, this is undefined: if the hash method of a value declares
// tasks meanwhile, these get an encoder of their own.
let spare: CanonicalEncoder | undefined;

function open(
  purpose: number,
  label: string | undefined,
  use: Use = "hash",
  concealsSecrets = false,
): CanonicalEncoder {
  const encoder = spare ?? new CanonicalEncoder();
  spare = undefined;
  encoder.reset(label, use, concealsSecrets);
  const sink = encoder.sink;
  sink.ascii("jug");
  sink.byte(HASH_FORMAT);
  sink.byte(purpose);
  return encoder;
}

function close(encoder: CanonicalEncoder): Identity {
  const hash = encoder.sink.finish().slice(0, 40);
  if (!isDigest(hash)) throw new TypeError(`SHA-256 returned ${hash}`);
  const { dependencies, hasLiveList } = encoder;
  if (!encoder.sink.isLarge) {
    // Without a reset, the encoder would keep the arguments alive.
    encoder.reset(undefined, "hash");
    spare = encoder;
  }
  return { hash, dependencies, hasLiveList };
}

/**
 * Returns the hash of a task. `undefined` at the end of the arguments is ignored.
 *
 * @throws {JugError} of kind "usage" if an argument, or a value in it, cannot be hashed; the message names the place.
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
 * Returns the hash of a tasklet. The base is the first dependency.
 *
 * @throws {JugError} of kind "usage" if the key or an argument cannot be hashed.
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

/** Returns the hash of a sequence: the concatenated elements of several lists. */
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
 * Returns the tasks and tasklets in the return value of a compound task's function. With each of them replaced by its
 * result, the value becomes the result of the compound task.
 *
 * @param label The beginning of error messages, as in "primes.experiment".
 * @throws {JugError} of kind "usage" if the value contains something that cannot be hashed; the message names the
 * place.
 */
export function nodesInResult(value: unknown, label: string): readonly Node[] {
  const encoder = open(PURPOSE.value, label, "store");
  encoder.root(value, "result");
  return close(encoder).dependencies;
}

/**
 * Returns a digest of any value that can be an argument, as specified in docs/hash.md. Equal values have equal digests
 * on every platform, and in every version of jug with the same hash format. A task in the value is represented by its
 * hash.
 *
 * @returns 40 hexadecimal digits in lower case.
 * @throws {JugError} of kind "usage" if the value, or a value in it, cannot be hashed.
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

/**
 * Returns a digest of a value that does not depend on what is wrapped by `secret` in it: a short secret could be guessed
 * from a digest.
 *
 * @throws {JugError} of kind "usage" if the value, or a value in it, cannot be hashed.
 */
export function digestWithoutSecrets(value: unknown): string {
  const encoder = open(PURPOSE.value, undefined, "hash", true);
  encoder.root(value, "value");
  return close(encoder).hash;
}

/** Checks only the length, which is cheaper per task than a regular expression: the digits come from SHA-256. */
function isDigest(text: string): text is Hash {
  return text.length === 40;
}
