/**
 * The data of the memory backend, and its listeners.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Change, RunInfo } from "../backend.ts";
import { DurationSums } from "../duration_classes.ts";
import type { ProcessFacts } from "../stored/process_facts.ts";

/** A lock in memory. */
export interface MemoryLock {
  readonly token: string;
  readonly owner: string;
}

/** A result in memory. */
export interface MemoryResult {
  readonly bytes: Uint8Array;
  /** What is known of the run. */
  readonly info: RunInfo | undefined;
}

/** A failure in memory. */
export interface MemoryFailure extends MemoryResult {
  readonly token: string;
}

/** An owner that has joined. */
export interface MemoryOwner {
  readonly leaseMs: number;
  renewedAt: number;
}

/** The data of one memory store. */
export interface MemoryStore {
  readonly results: Map<Hash, MemoryResult>;
  readonly locks: Map<Hash, MemoryLock>;
  readonly failures: Map<Hash, MemoryFailure>;
  /** The owners that have joined and have not left. */
  readonly owners: Map<string, MemoryOwner>;
  /** What is known of all owners that ever joined. */
  readonly processes: Map<string, ProcessFacts>;
  /** The texts of functions and modules, by id. */
  readonly codes: Map<string, string>;
  /** The durations of all runs whose results were stored. */
  readonly durations: DurationSums;
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number;
  /** Returns a number that increases by one with each call. */
  nextCount(): number;
  /** Calls all listeners with the changes. */
  announce(changes: readonly Change[]): void;
  /** Adds a listener. Returns a function that removes it. */
  listen(listener: (changes: readonly Change[]) => void): () => void;
}

/** Creates an empty store. */
export function memoryStore(clock: () => number): MemoryStore {
  const listeners = new Set<(changes: readonly Change[]) => void>();
  let count = 0;
  return {
    results: new Map(),
    locks: new Map(),
    failures: new Map(),
    owners: new Map(),
    processes: new Map(),
    codes: new Map(),
    durations: new DurationSums(),
    clock,
    nextCount: () => count++,
    announce(changes) {
      if (changes.length > 0) { for (const listener of listeners) listener(changes); }
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether the owner's locks may be taken: it left, never joined, or its lease has expired. */
export function isDead(store: MemoryStore, owner: string): boolean {
  const known = store.owners.get(owner);
  return known === undefined || store.clock() - known.renewedAt > known.leaseMs;
}
