/**
 * Graphs for tests: of jugfiles that are loaded, and of made-up functions.
 *
 * @module
 */
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import type { Hash } from "../../../core/brand.ts";
import { inspectJugfile, type JugfileInspection } from "../../../engine/inspect/inspect.ts";
import type { TaskState } from "../../../engine/inspect/task_state.ts";
import { readProgress } from "../../../engine/inspect/task_state.ts";
import { foldFunctions, foldTasks } from "../../../engine/analysis/graph/fold.ts";
import type { GraphBarrier, GraphNode, TaskGraph } from "../../../engine/analysis/graph/model.ts";
import { withTempDir } from "../temp_dir.ts";

/** A loaded jugfile whose results the test chooses. */
export interface LoadedJugfile {
  readonly inspection: JugfileInspection;
  readonly backend: MemoryBackend;
  /** Stores results of the tasks of these names, and loads the jugfile further. */
  finish(...names: readonly string[]): Promise<void>;
  /** Returns the graph as it is now. */
  fold(kind?: TaskGraph["kind"]): Promise<TaskGraph>;
}

const LIBRARY = new URL("../../../mod.ts", import.meta.url).href;

/** Loads a jugfile with this text after the import of the library as `jug`. Its name is `j.js`. */
export function withLoaded(text: string, use: (loaded: LoadedJugfile) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    const jugfile = `${folder}/j.js`;
    await Deno.writeTextFile(jugfile, `import * as jug from "${LIBRARY}";\n${text}`);
    const backend = memoryBackend();
    const inspection = await inspectJugfile({ jugfile, address: "memory:", args: [], backend });
    try {
      await use({
        inspection,
        backend,
        async finish(...names) {
          for (const { hash, name } of inspection.session.tasks.values()) {
            if (names.includes(name)) await storeResult(backend, hash);
          }
          await inspection.load();
        },
        async fold(kind = "functions") {
          const { session, barriers } = inspection;
          const progress = await readProgress(backend, [...session.tasks.values()]);
          return (kind === "tasks" ? foldTasks : foldFunctions)({ session, progress, barriers });
        },
      });
    } finally {
      await inspection.close();
    }
  });
}

/** Stores something as the result of a task. */
export async function storeResult(backend: MemoryBackend, hash: Hash): Promise<void> {
  await backend.complete([{ hash, bytes: new Uint8Array(1), lock: undefined }]);
}

/** Returns a node for tasks in these states. */
export function nodeOf(name: string, counts: Partial<Record<TaskState, number>>, isCompound = false): GraphNode {
  return { name, isCompound, counts: { finished: 0, running: 0, failed: 0, ready: 0, waiting: 0, ...counts } };
}

/** Returns a graph of functions. Each edge is from, to, count. */
export function graphOf(
  nodes: readonly GraphNode[],
  edges: readonly (readonly [from: number, to: number, count: number])[] = [],
  barriers: readonly GraphBarrier[] = [],
): TaskGraph {
  const total = { finished: 0, running: 0, failed: 0, ready: 0, waiting: 0 };
  for (const { counts } of nodes) {
    for (const state of ["finished", "running", "failed", "ready", "waiting"] as const) total[state] += counts[state];
  }
  return { kind: "functions", nodes, edges: edges.map(([from, to, count]) => ({ from, to, count })), barriers, total };
}

/** Returns a barrier at line 12 of primes.ts. */
export function barrierOf(barrier: Partial<GraphBarrier>): GraphBarrier {
  const place = { file: "file:///home/ann/primes.ts", line: 12 };
  return { place, isMet: true, times: 1, waitsFor: 2, unfinished: 0, before: [], after: [], follows: [], ...barrier };
}
