/**
 * `jug copy`: copies results from one backend to another.
 *
 * @module
 */
import { modernAddress } from "../../backends/old_address.ts";
import { JugError } from "../../core/errors.ts";
import type { CopyProgress } from "../../engine/results/copy_results.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import type { Outcome } from "../cli/outcome.ts";

/** The minimum time between two progress messages, in milliseconds. */
const PROGRESS_MS = 2_000;

/** The subcommand. */
export const copy: Command = {
  name: "copy",
  summary: "Copy results from one jugdir to another, of any kind, and compare them",
  options: [],
  operands: [
    { name: "from", description: "the jugdir to read: a folder, sqlite:FILE, redis://HOST, …", names: "jugdir" },
    { name: "to", description: "the jugdir to write", names: "jugdir" },
  ],
  hasJugfile: false,
  prepare(_values, operands = []) {
    const [from, to, ...rest] = operands.map(modernAddress);
    if (from === undefined || to === undefined || rest.length > 0) {
      throw new JugError("usage", "jug copy takes two jugdirs", {
        remedy: "Give both, as in `jug copy primes.jugdata sqlite:primes.jugdb`",
      });
    }
    if (from === to) {
      throw new JugError("usage", "jug copy was given the same jugdir twice", { remedy: "Name another" });
    }
    for (const address of [from, to]) checkAddress(address);
    return (context) => copyAll(context, from, to);
  },
};

/** Refuses addresses that make sense only with a jugfile (templates) or in a process that continues (`memory:`). */
function checkAddress(address: string): void {
  if (/^memory:$/i.test(address)) {
    throw new JugError(
      "usage",
      "jug copy cannot use memory:, which is empty at first and lost when this command ends",
      {
        remedy: "Name a file, as in memory:primes.jugmem, or another jugdir",
      },
    );
  }
  // The address may contain a password, so it is not shown.
  const template = /\{(?:jugfile|date)\}|%\((?:jugfile|date)\)s/.exec(address)?.[0];
  if (template === undefined) return;
  throw new JugError("usage", `jug copy was given a jugdir with ${template}, but has no jugfile to fill it in`, {
    remedy: "Write out the jugdir's name",
  });
}

function summaryOf({ copied, present, mended }: CopyProgress): string {
  const replaced = mended === 0 ? "" : `, ${mended} were damaged there and replaced`;
  return `${copied} copied, ${present} were there already${replaced}`;
}

async function copyAll(context: CommandContext, from: string, to: string): Promise<Outcome> {
  const [{ openBackend }, { copyResults }, { thisHost }] = await Promise.all([
    import("../../backends/open.ts"),
    import("../../engine/results/copy_results.ts"),
    import("../../engine/results/owner.ts"),
  ]);
  const source = await openBackend(from, { existing: true });
  try {
    const target = await openBackend(to, { create: true, observer: thisHost() });
    let done: CopyProgress;
    let said = context.now().getTime();
    try {
      done = await copyResults(source, target, (progress) => {
        const now = context.now().getTime();
        if (now - said < PROGRESS_MS) return;
        said = now;
        context.say(`${summaryOf(progress)} so far`);
      });
    } finally {
      await target.close();
    }
    context.stdout(`${summaryOf(done)}; all of these were compared\n`);
    return outcomeOf(done);
  } finally {
    await source.close();
  }
}

function outcomeOf({ differing, damaged, newer, lost }: CopyProgress): Outcome {
  const reasons: string[] = [];
  const add = (hashes: readonly string[], what: string, remedy: string) => {
    if (hashes.length === 0) return;
    const some = hashes.slice(0, 3).map((hash) => hash.slice(0, 8)).join(", ");
    reasons.push(`${hashes.length} results ${what} (${some}): ${remedy}`);
  };
  add(differing, "differ in the target, and were not changed there", "copy to a new jugdir to get those of the source");
  add(
    damaged,
    "are damaged in the source, and were not copied",
    "run their tasks again with jug execute, and copy again",
  );
  add(newer, "were written by a newer jug, and were not copied", "copy them with that jug");
  add(
    lost,
    "could not be read back from the target as written",
    "check whether its disk or memory is full, and copy again",
  );
  return reasons.length === 0 ? { kind: "done" } : { kind: "unfinished", reasons };
}
