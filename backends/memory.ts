/**
 * The memory backend: results and locks that last as long as the process, for experiments and tests. With a file,
 * results are loaded from it at the start and saved at the end.
 *
 * @module
 */
import { append, batches } from "../core/lists.ts";
import type { Hash } from "../core/brand.ts";
import type { Backend, Change, Claimant, ClaimOutcome, Completion, Lock, Owner, ReleaseOutcome } from "./backend.ts";
import { areEqual } from "./bytes.ts";
import { processesIn, runsIn } from "./memory/listings.ts";
import { openMemoryFile } from "./memory/saved_file.ts";
import { isDead, type MemoryStore, memoryStore } from "./memory/store.ts";
import { claimTimeOf, lockToken } from "./stored/lock_token.ts";
import { factsOf, MOST_PROCESSES } from "./stored/process_facts.ts";
import { durationOf } from "./stored/run_info.ts";
import { isCodeId } from "./validation.ts";

/** Options of {@linkcode memoryBackend}. */
export interface MemoryBackendOptions {
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** The file that the store is loaded from, and saved to when it is closed or an owner leaves. @default no file */
  readonly file?: { readonly path: string; readonly address: string };
}

/** The memory backend. */
export interface MemoryBackend extends Backend {
  /** Returns another view of the same store. Each view waits for changes independently. */
  another(): MemoryBackend;
}

/** Whether `backend` is a memory backend. */
export function isMemoryBackend(backend: Backend): backend is MemoryBackend {
  return "another" in backend && typeof backend.another === "function";
}

const ADDRESS = "memory:";
const LIST_BATCH = 1024;
/** The last part of tokens. The counts of one store are unique. */
const TAG = "m";

async function attempted(work: () => void): Promise<void> {
  await Promise.resolve();
  work();
}

async function* batched<T>(items: Iterable<T>): AsyncGenerator<readonly T[]> {
  // A copy, because the store may change between two batches.
  yield* batches([...items], LIST_BATCH);
}

/**
 * Opens a new store. It is empty, or holds what was saved in the file.
 *
 * @throws {JugError} of kind "backend", if the file cannot be read or was not written by jug
 */
export function memoryBackend(
  { clock = () => performance.now(), file }: MemoryBackendOptions = {},
): MemoryBackend {
  const store = memoryStore(clock);
  if (file === undefined) return viewOf(store, ADDRESS, () => {});
  const saved = openMemoryFile(file, store);
  const view = viewOf(store, file.address, saved.save);
  return {
    ...view,
    async close() {
      await view.close();
      saved.save();
    },
  };
}

function viewOf(store: MemoryStore, address: string, save: () => void): MemoryBackend {
  const { results, locks, failures, owners, processes, codes, durations } = store;
  const closing = new AbortController();
  let unseen: Change[] = [];
  let wake: (() => void) | undefined;
  const stopListening = store.listen((changes) => {
    append(unseen, changes);
    wake?.();
  });

  function claimOne(hash: Hash, claimant: Claimant): ClaimOutcome {
    const { owner } = claimant;
    if (results.has(hash)) return { kind: "finished" };
    const held = locks.get(hash);
    if (held !== undefined && (held.owner === owner.id || !isDead(store, held.owner))) {
      return { kind: "held", owner: held.owner };
    }
    const token = lockToken(claimant, { since: Date.now(), order: store.nextCount() }, TAG);
    locks.set(hash, { token, owner: owner.id });
    return { kind: "claimed", lock: { hash, token }, stolen: held !== undefined };
  }

  function giveUp({ hash, token }: Lock): boolean {
    return locks.get(hash)?.token === token && locks.delete(hash);
  }

  function release(held: readonly Lock[]): ReleaseOutcome[] {
    const outcomes = held.map((lock): ReleaseOutcome => giveUp(lock) ? "released" : "lost");
    const released = held.filter((_, index) => outcomes[index] === "released");
    store.announce(released.map(({ hash }) => ({ kind: "released", hash })));
    return outcomes;
  }

  function completeOne({ hash, bytes, lock, info }: Completion): boolean {
    const isFirst = !results.has(hash);
    if (isFirst) {
      results.set(hash, { bytes: bytes.slice(), info });
      if (info !== undefined) durations.add(info.name, durationOf(info));
    }
    failures.delete(hash);
    if (lock !== undefined) giveUp(lock);
    return isFirst;
  }

  function join(owner: Owner) {
    const facts = factsOf(owner);
    owners.set(owner.id, { leaseMs: owner.leaseMs, renewedAt: store.clock() });
    processes.set(owner.id, facts);
    const [oldest] = processes.keys();
    if (processes.size > MOST_PROCESSES && oldest !== undefined) processes.delete(oldest);
    return Promise.resolve({
      renew() {
        const known = owners.get(owner.id);
        if (known !== undefined) known.renewedAt = store.clock();
        return Promise.resolve();
      },
      leave() {
        release([...locks].filter(([, lock]) => lock.owner === owner.id).map(([hash, { token }]) => ({ hash, token })));
        owners.delete(owner.id);
        processes.set(owner.id, { ...facts, left: Date.now() });
        return attempted(save);
      },
    });
  }

  async function waitForChange(signal: AbortSignal): Promise<readonly Change[]> {
    while (unseen.length === 0) {
      if (signal.aborted || closing.signal.aborted) return [];
      await new Promise<void>((resolve) => {
        const done = () => {
          wake = undefined;
          signal.removeEventListener("abort", done);
          closing.signal.removeEventListener("abort", done);
          resolve();
        };
        wake = done;
        signal.addEventListener("abort", done);
        closing.signal.addEventListener("abort", done);
      });
    }
    const changes = unseen;
    unseen = [];
    return changes;
  }

  return {
    address,
    batchSize: 1,
    another: () => viewOf(store, address, save),
    join,
    has: (hashes) => Promise.resolve(new Set(hashes.filter((hash) => results.has(hash)))),
    list: () => batched(results.keys()),
    load: (hashes) => Promise.resolve(hashes.map((hash) => results.get(hash)?.bytes.slice())),
    loadHeads: (hashes, length) => Promise.resolve(hashes.map((hash) => results.get(hash)?.bytes.slice(0, length))),
    complete(items) {
      const isFirst = items.map(completeOne);
      store.announce(items.filter((_, index) => isFirst[index]).map(({ hash }) => ({ kind: "finished", hash })));
      return Promise.resolve(isFirst.map((first) => first ? "stored" : "kept"));
    },
    remove(hashes) {
      const removed = new Set(hashes.filter((hash) => results.delete(hash)));
      store.announce([...removed].map((hash) => ({ kind: "removed", hash })));
      return Promise.resolve(removed);
    },
    discard(hash, bytes) {
      const found = results.get(hash);
      const isSame = found !== undefined && areEqual(found.bytes, bytes);
      if (isSame) {
        results.delete(hash);
        store.announce([{ kind: "removed", hash }]);
      }
      return Promise.resolve(isSame);
    },
    claim: (hashes, claimant) => Promise.resolve(hashes.map((hash) => claimOne(hash, claimant))),
    release: (held) => Promise.resolve(release(held)),
    listLocks() {
      const open = [...locks].filter(([hash]) => !results.has(hash));
      return batched(open.map(([hash, { token, owner }]) => ({
        hash,
        token,
        owner,
        state: isDead(store, owner) ? "dead" : "alive",
        ...claimTimeOf(token),
      })));
    },
    removeLocks(hashes) {
      const removed = hashes.filter((hash) => locks.delete(hash));
      store.announce(removed.map((hash) => ({ kind: "released", hash })));
      return Promise.resolve(removed.length);
    },
    fail(items) {
      const open = items.filter(({ lock }) => !results.has(lock.hash));
      for (const { lock, bytes, info } of open) {
        failures.set(lock.hash, { token: lock.token, bytes: bytes.slice(), info });
      }
      store.announce(open.map(({ lock }) => ({ kind: "failed", hash: lock.hash })));
      release(items.map(({ lock }) => lock));
      return Promise.resolve();
    },
    listFailures: () => batched([...failures].map(([hash, { token }]) => ({ hash, token }))),
    loadFailures: (hashes) => Promise.resolve(hashes.map((hash) => failures.get(hash)?.bytes.slice())),
    removeFailures: (hashes) => Promise.resolve(hashes.filter((hash) => failures.delete(hash)).length),
    waitForChange,
    listRuns: () => batched(runsIn(store)),
    listProcesses: () => batched(processesIn(store)),
    listDurations: () => Promise.resolve(durations.summaries()),
    codes: {
      list: () => Promise.resolve([...codes].filter(([id]) => isCodeId(id)).map(([id, text]) => ({ id, text }))),
      add(entries) {
        for (const { id, text } of entries) if (!codes.has(id)) codes.set(id, text);
        return Promise.resolve();
      },
      load: (ids) => Promise.resolve(ids.map((id) => codes.get(id))),
    },
    close() {
      stopListening();
      closing.abort();
      return Promise.resolve();
    },
  };
}
