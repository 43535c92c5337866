/**
 * The runs that led to the present results and failures: when, where and for how long. Needs no jugfile.
 *
 * @module
 */
import type { Backend, RunEntry } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { readMeta } from "../../core/value/record.ts";
import { runInfo } from "../results/run_info.ts";
import { readHeads } from "../results/result_heads.ts";

/**
 * Lists the runs, in batches, each task at most once for its result and once for its failure. Fallback for a backend
 * that does not list them: reads the beginnings of all results, and all failures.
 */
export function listRuns(backend: Backend): AsyncIterable<readonly RunEntry[]> {
  return backend.listRuns?.() ?? runsInRecords(backend);
}

async function* runsInRecords(backend: Backend): AsyncGenerator<readonly RunEntry[]> {
  // A backend may list a hash twice.
  const seen = new Set<Hash>();
  for await (const listed of backend.list()) {
    const hashes = listed.filter((hash) => !seen.has(hash));
    for (const hash of hashes) seen.add(hash);
    const batch: RunEntry[] = [];
    for await (const { hash, meta, size } of readHeads(backend, hashes)) {
      batch.push({ hash, kind: "result", size, ...runInfo(meta) });
    }
    yield batch;
  }
  for await (const entries of backend.listFailures()) {
    const hashes = entries.map(({ hash }) => hash);
    const batch: RunEntry[] = [];
    for (const [i, bytes] of (await backend.loadFailures(hashes)).entries()) {
      const [hash, meta] = [hashes[i], bytes && readMeta(bytes)];
      if (hash !== undefined && bytes !== undefined && meta !== undefined) {
        batch.push({ hash, kind: "failure", size: bytes.length, ...runInfo(meta) });
      }
    }
    yield batch;
  }
}
