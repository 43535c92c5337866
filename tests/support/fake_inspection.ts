/**
 * A fake jugfile and backend with content set by the test, for commands that only read and remove.
 *
 * @module
 */
import type { Backend, LockEntry } from "../../backends/backend.ts";
import { type Hash, isHash } from "../../core/brand.ts";
import { createSession } from "../../core/session/session.ts";
import { encodeRecord } from "../../core/value/record.ts";
import type { Inspection } from "../../commands/cli/inspection.ts";
import type { Place } from "../../core/caller.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";

/** Returns the hash of the task with this number. */
export function hashOf(index: number): Hash {
  const text = index.toString(16).padStart(40, "0");
  if (!isHash(text)) throw new TypeError(`not a hash: ${text}`);
  return text;
}

/** Returns a task with this number, name and dependencies, which are numbers too. */
export function task(index: number, name: string, ...dependencies: readonly number[]): InspectedTask {
  return { hash: hashOf(index), name, dependencies: dependencies.map(hashOf) };
}

/** The initial content of a {@linkcode FakeBackend}, by task numbers. */
export interface FakeContent {
  readonly finished?: readonly number[];
  readonly failed?: readonly number[];
  readonly locks?: ReadonlyMap<number, LockEntry["state"]>;
}

/** A backend whose content a test can read and change. */
export interface FakeBackend extends Backend {
  readonly results: Set<Hash>;
  readonly failures: Set<Hash>;
  readonly locks: Map<Hash, LockEntry["state"]>;
  /** Stores a result as another process would. */
  finish(index: number): void;
  /** Returns how often `waitForChange` was called. */
  waits(): number;
}

/** Returns a backend with this content. Operations that these commands must not call reject. */
export function fakeBackend(content: FakeContent): FakeBackend {
  const results = new Set((content.finished ?? []).map(hashOf));
  const failures = new Set((content.failed ?? []).map(hashOf));
  const locks = new Map([...content.locks ?? []].map(([index, state]) => [hashOf(index), state]));
  let changed = Promise.withResolvers<void>();
  let waits = 0;
  const removeFrom = (from: { delete(hash: Hash): boolean }, hashes: readonly Hash[]) =>
    new Set(hashes.filter((hash) => from.delete(hash)));
  const refuse = () => Promise.reject(new Error("this command may not do that"));
  return {
    address: "fake:",
    batchSize: 64,
    results,
    failures,
    locks,
    finish: (index) => {
      results.add(hashOf(index));
      changed.resolve();
      changed = Promise.withResolvers();
    },
    waits: () => waits,
    has: (hashes) => Promise.resolve(new Set(hashes.filter((hash) => results.has(hash)))),
    async *list() {
      yield await Promise.resolve([...results]);
    },
    async *listLocks() {
      yield await Promise.resolve(
        [...locks].map(([hash, state]) => ({ hash, state, token: "o.1.1", owner: "o" })),
      );
    },
    async *listFailures() {
      yield await Promise.resolve([...failures].map((hash) => ({ hash, token: "o.1.1" })));
    },
    remove: (hashes) => Promise.resolve(removeFrom(results, hashes)),
    removeLocks: (hashes) => Promise.resolve(removeFrom(locks, hashes).size),
    removeFailures: (hashes) => Promise.resolve(removeFrom(failures, hashes).size),
    waitForChange: async (signal) => {
      waits++;
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => aborted.resolve(), { once: true });
      await Promise.race([changed.promise, aborted.promise]);
      return [];
    },
    close: () => Promise.resolve(),
    join: refuse,
    load: (hashes) => Promise.resolve(hashes.map((hash) => recordOf(hash, results))),
    complete: refuse,
    discard: refuse,
    claim: refuse,
    release: refuse,
    fail: refuse,
    loadFailures: refuse,
  };
}

/** Returns the record of a result of the task m.gone, which no jugfile declares. */
function recordOf(hash: Hash, results: ReadonlySet<Hash>): Uint8Array | undefined {
  if (!results.has(hash)) return undefined;
  const meta = { name: "m.gone", start: 0, finish: 0, worker: "o.0", hash };
  return encodeRecord({ type: "result", value: 1, meta, label: "m.gone" });
}

/** The part of a jugfile between two barriers. */
export interface FakePart {
  readonly tasks: readonly InspectedTask[];
  readonly barrier?: Place;
}

/** Returns an inspection of a jugfile with these parts. `closed` shows whether it was closed. */
export function fakeInspection(
  backend: Backend,
  first: FakePart,
  ...others: readonly FakePart[]
): Inspection & { closed: boolean } {
  const later = [...others];
  let current = first;
  return {
    backend,
    closed: false,
    declared: () => undefined,
    session: createSession(),
    barriers: [],
    unmetBarriers: [],
    exportsSoFar: { values: {}, behind: [], isKnown: true },
    get tasks() {
      return current.tasks;
    },
    get barrier() {
      return current.barrier;
    },
    advance: async (signal) => {
      const hashes = current.tasks.map((task) => task.hash);
      while (!signal.aborted) {
        if ((await backend.has(hashes)).size === hashes.length) {
          const next = later.shift();
          if (next === undefined) throw new Error("there is no part behind this barrier");
          current = next;
          return true;
        }
        await backend.waitForChange(signal);
      }
      return false;
    },
    advanceBy: () => undefined,
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}
