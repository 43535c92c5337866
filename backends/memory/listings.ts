/**
 * What listings show of a memory store.
 *
 * @module
 */
import type { ProcessEntry, RunEntry } from "../backend.ts";
import { isDead, type MemoryStore } from "./store.ts";

/** Yields the runs that led to the present results and failures, if anything is known of them. */
export function* runsIn({ results, failures }: MemoryStore): Generator<RunEntry> {
  for (const [hash, { bytes, info }] of results) {
    if (info !== undefined) yield { hash, kind: "result", size: bytes.length, ...info };
  }
  for (const [hash, { bytes, info }] of failures) {
    if (info !== undefined) yield { hash, kind: "failure", size: bytes.length, ...info };
  }
}

/** Yields the processes that joined. */
export function* processesIn(store: MemoryStore): Generator<ProcessEntry> {
  for (const [id, facts] of store.processes) {
    yield { id, ...facts, state: facts.left !== undefined ? "left" : isDead(store, id) ? "dead" : "alive" };
  }
}
