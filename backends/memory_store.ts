/**
 * What the memory backend keeps, and who is told when it changes.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";
import type { Change } from "./backend.ts";

/** A lock in memory. */
export interface MemoryLock {
  readonly token: string;
  readonly owner: string;
}

/** A failure in memory. */
export interface MemoryFailure {
  readonly token: string;
  readonly bytes: Uint8Array;
}

/** An owner that joined. */
export interface MemoryOwner {
  readonly leaseMs: number;
  renewedAt: number;
}

/** Everything in one memory store. */
export interface MemoryStore {
  readonly results: Map<Hash, Uint8Array>;
  readonly locks: Map<Hash, MemoryLock>;
  readonly failures: Map<Hash, MemoryFailure>;
  readonly owners: Map<string, MemoryOwner>;
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number;
  /** One more in each call. */
  nextCount(): number;
  /** Tells all listeners. */
  announce(changes: readonly Change[]): void;
  /** Adds a listener; what it returns removes it. */
  listen(listener: (changes: readonly Change[]) => void): () => void;
}

/** An empty store. */
export function memoryStore(clock: () => number): MemoryStore {
  const listeners = new Set<(changes: readonly Change[]) => void>();
  let count = 0;
  return {
    results: new Map(),
    locks: new Map(),
    failures: new Map(),
    owners: new Map(),
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

/** Whether the owner's locks may be taken: it left, never joined, or let its lease run out. */
export function isDead(store: MemoryStore, owner: string): boolean {
  const known = store.owners.get(owner);
  return known === undefined || store.clock() - known.renewedAt > known.leaseMs;
}
