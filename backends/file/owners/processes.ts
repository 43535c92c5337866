/**
 * Lists the processes that joined: those with a file in workers/, and those that segments tell of.
 *
 * @module
 */
import { batches } from "../../../core/lists.ts";
import type { ProcessEntry } from "../../backend.ts";
import { isOwnerId } from "../../validation.ts";
import type { Jugdir } from "../jugdir.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import type { ProcessRecord } from "../segments/process_table.ts";
import type { Segments } from "../segments/segments.ts";
import { isGuestId } from "../token.ts";
import { lookAtWorker } from "./worker_file.ts";

/** What the list depends on. */
export interface ProcessesParts {
  readonly jugdir: Jugdir;
  readonly segments: Segments;
  readonly liveness: OwnerLiveness;
}

const LIST_BATCH = 256;

/** Yields the processes, those that started last first. */
export function* listProcesses({ jugdir, segments, liveness }: ProcessesParts): Generator<readonly ProcessEntry[]> {
  const { files, layout } = jugdir;
  // In this order: a process has a file in workers/ before it has a segment, and closes its segments before it removes
  // the file.
  jugdir.refresh(layout.workers);
  const registered = new Map<string, ProcessRecord>();
  // A guest is a command that changes something. It is gone in a moment.
  for (const id of files.names(layout.workers).filter((name) => isOwnerId(name) && !isGuestId(name))) {
    const process = lookAtWorker(files, layout.worker(id), () => false)?.process;
    if (process !== undefined) registered.set(id, process);
  }
  segments.refresh();
  liveness.newRound();

  function stateOf({ id, left }: ProcessRecord): ProcessEntry["state"] {
    if (left !== undefined) return "left";
    return registered.has(id) ? liveness.judge(id) : "dead";
  }

  const known = segments.processes.latestFirst().filter(({ id }) => !isGuestId(id));
  const rest = [...registered.values()].filter(({ id }) => segments.processes.get(id) === undefined);
  for (const batch of batches([...rest, ...known], LIST_BATCH)) {
    yield batch.map((process) => ({ ...process, state: stateOf(process) }));
  }
}
