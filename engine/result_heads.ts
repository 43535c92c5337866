/**
 * What stored results say of themselves, without their values.
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { headLength, readMeta, type RecordMeta } from "../core/record.ts";

/** The head of one result. */
export interface ResultHead {
  readonly hash: Hash;
  readonly meta: RecordMeta;
}

/** How many heads are asked for in a call. */
const HEADS = 256;
/** How many bytes are asked for at first: enough, unless the task printed something. */
const HEAD_BYTES = 1024;
/** How much is read at a time where results are loaded whole, in bytes, as far as the sizes of those before can tell. */
const READ_BYTES = 4 * 1024 * 1024;

/** Hands on the heads of these results one by one; one that is gone or cannot be read is left out. */
export async function* readHeads(backend: Backend, hashes: readonly Hash[]): AsyncGenerator<ResultHead> {
  const heads = backend.loadHeads === undefined ? wholeResults(backend, hashes) : firstBytes(backend, hashes);
  for await (const { hash, bytes } of heads) {
    const meta = readMeta(bytes);
    if (meta !== undefined) yield { hash, meta };
  }
}

interface Bytes {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
}

async function* firstBytes(backend: Backend, hashes: readonly Hash[]): AsyncGenerator<Bytes> {
  for (let start = 0; start < hashes.length; start += HEADS) {
    const asked = hashes.slice(start, start + HEADS);
    for (const { hash, bytes } of pairs(asked, await backend.loadHeads?.(asked, HEAD_BYTES))) {
      const length = headLength(bytes) ?? 0;
      if (length <= bytes.length) yield { hash, bytes };
      else yield* pairs([hash], await backend.loadHeads?.([hash], length));
    }
  }
}

async function* wholeResults(backend: Backend, hashes: readonly Hash[]): AsyncGenerator<Bytes> {
  // How large a result is shows only when it is read, so this begins with one.
  let reach = 1;
  for (let start = 0; start < hashes.length;) {
    const asked = hashes.slice(start, start + reach);
    start += asked.length;
    let largest = 1;
    for (const found of pairs(asked, await backend.load(asked))) {
      largest = Math.max(largest, found.bytes.length);
      yield found;
    }
    reach = Math.max(1, Math.min(2 * reach, 64, Math.floor(READ_BYTES / largest)));
  }
}

function* pairs(hashes: readonly Hash[], answers: readonly (Uint8Array | undefined)[] = []): Generator<Bytes> {
  for (const [i, hash] of hashes.entries()) {
    const bytes = answers[i];
    if (bytes !== undefined) yield { hash, bytes };
  }
}
