/**
 * `jug permissions`: prints the fewest flags of Deno with which a run works.
 *
 * @module
 */
import { JugError } from "../core/errors.ts";
import type { Command, CommandContext } from "./command.ts";
import { flagOption } from "./option_values.ts";
import type { Outcome } from "./outcome.ts";
import type { Observation } from "./permissions/observe.ts";
import type { CommandNeeds } from "./permissions/own_needs.ts";

/** The subcommand. */
export const permissions: Command = {
  name: "permissions",
  summary: "Print the Deno flags that a run needs, ready to paste",
  operands: [
    { name: "subcommand", description: "what is to be run (default: execute)", isOptional: true },
  ],
  options: [
    { flags: "--observe", description: "run it, with every permission, and add what its tasks ask for" },
  ],
  prepare(values, [subcommand = "execute"] = []) {
    const isObserved = flagOption(values, "observe");
    if (isObserved && subcommand !== "execute") {
      throw new JugError("usage", `option '--observe' cannot be used with ${subcommand}`, {
        remedy: "Only execute runs tasks: leave the option out",
      });
    }
    return (context) => printFlags(context, subcommand, isObserved);
  },
};

async function printFlags(context: CommandContext, subcommand: string, isObserved: boolean): Promise<Outcome> {
  const [{ COMMAND_NEEDS, ownNeeds }, { flagsFor }] = await Promise.all([
    import("./permissions/own_needs.ts"),
    import("./permissions/need.ts"),
  ]);
  const command = Object.hasOwn(COMMAND_NEEDS, subcommand) ? COMMAND_NEEDS[subcommand] : undefined;
  if (command === undefined) {
    throw new JugError("usage", `'${subcommand}' is no subcommand that works on a jugfile`, {
      remedy: `Give one of ${Object.keys(COMMAND_NEEDS).join(", ")}`,
    });
  }
  const needs = ownNeeds(command, context.jugdir);
  const seen = command.loads ? await seenNeeds(context, isObserved) : NOTHING_SEEN;
  context.stdout(`${flagsFor([...needs, ...seen.needs], Deno.cwd()).join(" ")}\n`);
  sayWhatElse(context, command);
  if (seen.code === 0) return { kind: "done" };
  return { kind: "unfinished", reasons: ["not all of it ran, so there may be more that the tasks ask for"] };
}

const NOTHING_SEEN: Observation = { needs: [], code: 0 };

/** What loading the jugfile asks for, or the whole run. */
async function seenNeeds(context: CommandContext, isObserved: boolean): Promise<Observation> {
  const { jugfile, jugdir, args } = context;
  const { requireJugfile } = await import("../engine/load.ts");
  requireJugfile(jugfile);
  if (Deno.build.standalone) {
    context.stderr(
      "jug: a compiled program cannot watch itself: what the jugfile asks for at its top level is not among it\n",
    );
    return { needs: /^https?:/.test(jugfile) ? [] : [{ kind: "read", value: jugfile }], code: 0 };
  }
  const [{ observe }, { ofLoading }] = await Promise.all([
    import("./permissions/observe.ts"),
    import("./permissions/of_loading.ts"),
  ]);
  const run = [isObserved ? "execute" : "count", jugfile, "--jugdir", jugdir, "--", ...args];
  let written = "";
  const { needs, code } = await observe(run, isObserved ? context.stderr : (text) => written += text);
  if (code !== 0 && !(isObserved && code === 1)) {
    throw new JugError("jugfile", `the run that was watched failed\n${written}`.trimEnd());
  }
  return { needs: ofLoading(needs, jugdir), code };
}

/** What a run can do without. */
function sayWhatElse(context: CommandContext, command: CommandNeeds): void {
  if (!command.threads) return;
  context.say("Optional: --allow-sys=hostname (a dead process of this machine is known at once),");
  context.say("  --allow-env=JUG_MAX_TASKS,… and --allow-read=__jug_please_stop_running.txt (limits from outside)");
}
