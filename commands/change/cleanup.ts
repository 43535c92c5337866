/**
 * `jug cleanup`: removes results and failures that the jugfile does not use any more, locks, and leftovers of dead
 * processes.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { append } from "../../core/lists.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import type { Inspection } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { mayRemove, type Removal, REMOVAL_OPTIONS, removalOf } from "./removal.ts";
import { countNames, printTable } from "../display/table.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const cleanup: Command = {
  name: "cleanup",
  summary: "Remove results that the jugfile does not use, and locks",
  options: [
    { flags: "--locks-only", description: "remove locks, keep every result", conflicts: ["failedOnly", "keepLocks"] },
    { flags: "--failed-only", description: "remove failures, nothing else", conflicts: ["locksOnly", "keepLocks"] },
    { flags: "--keep-locks", description: "remove unused results, keep locks", conflicts: ["locksOnly", "failedOnly"] },
    ...REMOVAL_OPTIONS,
  ],
  prepare(values) {
    // Removing locks or failures does not depend on the jugfile, so it is not loaded for that.
    const removal = removalOf(values);
    if (flagOption(values, "locksOnly")) return (context) => withBackend(context, removal, removeLocksOnly);
    if (flagOption(values, "failedOnly")) return (context) => withBackend(context, removal, removeFailures);
    const keepLocks = flagOption(values, "keepLocks");
    return (context) =>
      withInspection(context, async (inspection) => {
        const isAgreed = await removeUnused(context, inspection, removal);
        if (!isAgreed) return DONE;
        if (!keepLocks) await removeLocks(context, inspection.backend, removal);
        return await removeLeftovers(context, inspection.backend, removal);
      });
  },
};

const DONE = { kind: "done" } as const;

async function withBackend(
  context: CommandContext,
  removal: Removal,
  use: (context: CommandContext, backend: Backend, removal: Removal) => Promise<Outcome>,
): Promise<Outcome> {
  const backend = await context.openBackend();
  try {
    return await use(context, backend, removal);
  } finally {
    await backend.close();
  }
}

/** Removes unused results and failures. Returns whether the user agreed, so that other things may be removed, too. */
async function removeUnused(context: CommandContext, inspection: Inspection, removal: Removal): Promise<boolean> {
  const { backend } = inspection;
  // Read both lists before removing anything: this throws if it is unknown which results are unused.
  const { results, failures } = await findUnused(inspection);
  if (results.length > 0) await printUnused(context, backend, results);
  if (removal.isDry) {
    context.stdout(`Would remove ${results.length} unused results\n`);
    return true;
  }
  if (!mayRemove(context, removal, results.length)) return false;
  const removed = (await backend.remove(results)).size;
  await backend.removeFailures(failures);
  context.stdout(`Removed ${removed} unused results\n`);
  return true;
}

async function printUnused(context: CommandContext, backend: Backend, results: readonly Hash[]): Promise<void> {
  const { readHeads } = await import("../../engine/results/result_heads.ts");
  const names: string[] = [];
  for await (const { meta } of readHeads(backend, results)) names.push(meta.name);
  while (names.length < results.length) names.push("(unreadable)");
  const counts = countNames(names);
  await printTable(context, [...counts.keys()].sort(), [{ title: "Unused", counts }]);
}

async function removeLocks(context: CommandContext, backend: Backend, { isDry }: Removal): Promise<void> {
  const { hashes, live } = await findLocks(backend);
  if (isDry) {
    context.stdout(`Would remove ${hashes.length} locks\n`);
    return;
  }
  context.stdout(`Removed ${await backend.removeLocks(hashes)} locks\n`);
  if (live > 0) context.say(`${live} of the locks may be held by live workers: their tasks can now run twice`);
}

async function removeLocksOnly(context: CommandContext, backend: Backend, removal: Removal): Promise<Outcome> {
  await removeLocks(context, backend, removal);
  return await removeLeftovers(context, backend, removal);
}

/** Removes files and entries that dead processes left. This is harmless, so it is mentioned only if there were any. */
async function removeLeftovers(context: CommandContext, backend: Backend, { isDry }: Removal): Promise<Outcome> {
  if (isDry) return DONE;
  const { tidy } = await import("../../backends/optional_parts.ts");
  const removed = await tidy(backend);
  if (removed > 0) context.stdout(`Removed ${removed} leftovers of dead processes\n`);
  return DONE;
}

async function removeFailures(context: CommandContext, backend: Backend, { isDry }: Removal): Promise<Outcome> {
  const failed = await findFailures(backend);
  context.stdout(
    isDry ? `Would remove ${failed.length} failures\n` : `Removed ${await backend.removeFailures(failed)} failures\n`,
  );
  return DONE;
}

/**
 * Returns the results and failures that belong to no task of the jugfile. With an unmet barrier, the tasks after it are
 * unknown: then failures are left alone, and this throws if a result may be unused, so that no result is lost.
 */
async function findUnused(inspection: Inspection) {
  const { backend, barrier } = inspection;
  const used = new Set(inspection.tasks.map((task) => task.hash));
  const results: Hash[] = [];
  for await (const batch of backend.list()) append(results, batch.filter((hash) => !used.has(hash)));
  if (barrier !== undefined && results.length > 0) {
    throw new JugError(
      "missing",
      `cannot tell which of ${results.length} results are unused: tasks may follow the barrier at ${barrier.file}:${barrier.line}`,
      { remedy: "Run `jug execute` past the barrier first, or use --locks-only or --failed-only; nothing was removed" },
    );
  }
  const failures = barrier === undefined ? (await findFailures(backend)).filter((hash) => !used.has(hash)) : [];
  return { results: [...new Set(results)], failures };
}

async function findLocks(backend: Backend) {
  const hashes: Hash[] = [];
  let live = 0;
  for await (const batch of backend.listLocks()) {
    for (const lock of batch) {
      hashes.push(lock.hash);
      if (lock.state !== "dead") live++;
    }
  }
  return { hashes, live };
}

async function findFailures(backend: Backend): Promise<Hash[]> {
  const hashes: Hash[] = [];
  for await (const batch of backend.listFailures()) append(hashes, batch.map((failure) => failure.hash));
  return hashes;
}
