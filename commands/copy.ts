/**
 * `jug copy`: copies results from one backend to another.
 *
 * @module
 */
import { JugError } from "../core/errors.ts";
import type { CopyProgress } from "../engine/copy_results.ts";
import type { Command, CommandContext } from "./command.ts";
import type { Outcome } from "./outcome.ts";

const PROGRESS_MS = 2_000;

/** The subcommand. */
export const copy: Command = {
  name: "copy",
  summary: "Copy results from one jugdir to another, of whatever kind, and compare them",
  options: [],
  operands: [
    { name: "from", description: "the jugdir to read: a folder, sqlite:FILE, redis://HOST, …" },
    { name: "to", description: "the jugdir to write" },
  ],
  hasJugfile: false,
  prepare(_values, [from, to, ...rest] = []) {
    if (from === undefined || to === undefined || rest.length > 0) {
      throw new JugError("usage", "jug copy takes two jugdirs", {
        remedy: "As in `jug copy primes.jugdata sqlite:primes.jugdb`",
      });
    }
    if (from === to) {
      throw new JugError("usage", "jug copy was given the same jugdir twice", { remedy: "Name another" });
    }
    return (context) => copyAll(context, from, to);
  },
};

function summaryOf({ copied, present }: CopyProgress): string {
  return `${copied} copied, ${present} were there already`;
}

async function copyAll(context: CommandContext, from: string, to: string): Promise<Outcome> {
  const [{ openBackend }, { copyResults }] = await Promise.all([
    import("../backends/open.ts"),
    import("../engine/copy_results.ts"),
  ]);
  const source = await openBackend(from);
  try {
    const target = await openBackend(to, { create: true });
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

function outcomeOf({ differing, damaged }: CopyProgress): Outcome {
  const reasons: string[] = [];
  const some = (hashes: readonly string[]) => hashes.slice(0, 3).map((hash) => hash.slice(0, 8)).join(", ");
  if (differing.length > 0) {
    reasons.push(`${differing.length} results are others in the target, and stayed as they are (${some(differing)})`);
  }
  if (damaged.length > 0) {
    reasons.push(`${damaged.length} results are damaged in the source, and were left out (${some(damaged)})`);
  }
  return reasons.length === 0 ? { kind: "done" } : { kind: "unfinished", reasons };
}
