/**
 * `jug sleep-until`: waits until every task is finished, including those after barriers.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { type Inspection, requireTasks } from "../cli/inspection.ts";
import { readProgress, taskState } from "../../engine/inspect/task_state.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The longest wait for a change, in milliseconds: on network file systems, change notifications can get lost. */
const POLL_MS = 5_000;

/** The subcommand. */
export const sleepUntil: Command = {
  name: "sleep-until",
  summary: "Wait until every task is finished",
  options: [],
  prepare: () => (context) => withInspection(context, (inspection) => waitForAll(context, inspection)),
};

async function waitForAll(context: CommandContext, inspection: Inspection) {
  await requireTasks(context, inspection);
  for (;;) {
    await sayFailures(context, inspection);
    await waitForResults(inspection.backend, inspection.tasks.map((task) => task.hash));
    if (inspection.barrier === undefined) return { kind: "done" } as const;
    await inspection.advance(new AbortController().signal);
  }
}

/** Reports failed tasks. They are waited for, since a later run may finish them, but the user should know. */
async function sayFailures(context: CommandContext, inspection: Inspection): Promise<void> {
  const progress = await readProgress(inspection.backend, inspection.tasks);
  const failed = inspection.tasks.filter((task) => taskState(task, progress) === "failed").length;
  if (failed === 0) return;
  const [many, them] = failed === 1 ? ["1 task", "it"] : [`${failed} tasks`, "them"];
  context.say(`${many} failed: waiting until \`jug execute\` has run ${them} again`);
}

async function waitForResults(backend: Backend, hashes: readonly Hash[]): Promise<void> {
  let left = hashes;
  while (left.length > 0) {
    const finished = await backend.has(left);
    left = left.filter((hash) => !finished.has(hash));
    if (left.length > 0) await waitForNews(backend);
  }
}

async function waitForNews(backend: Backend): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), POLL_MS);
  try {
    await backend.waitForChange(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}
