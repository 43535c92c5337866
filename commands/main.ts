/**
 * Runs one command line: parses it and runs the subcommand.
 *
 * @module
 */
import { subcommands } from "./subcommands.ts";
import type { CommandContext } from "./cli/command.ts";
import type { HelpArea } from "./display/help_layout.ts";
import { ourText, painter } from "./display/paint.ts";
import type { Host } from "./cli/host.ts";
import { guardJugfile } from "./cli/jugfile_guard.ts";
import { oldAddressNote } from "../backends/old_address.ts";
import { ISOLATED_WORKER, SHELL_EVALUATOR } from "../engine/isolate/internal_commands.ts";
import { findJugdir } from "../engine/load/jugdir.ts";
import { COMPLETE } from "./completion/internal_command.ts";
import { type Invocation, prepare } from "./cli/invocation.ts";
import { describeOutcome, exitStatus, type Outcome, outcomeOfError } from "./cli/outcome.ts";
import { parseCommandLine } from "./cli/parse.ts";
import { configure, placeNotes } from "./config/configure.ts";
import config from "../deno.json" with { type: "json" };

/**
 * Runs one command line and returns the exit status: 0 for success, 1 if tasks are unfinished or failed, 2 for a usage
 * error, 3 if the jugfile could not be loaded, 130 after Ctrl-C. Missing results, backend errors and bugs give 1, too.
 * An input of `jug shell` can choose another status. Errors of the subcommand are printed, not thrown.
 */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const [word, mark] = args;
  if (word === ISOLATED_WORKER && mark !== undefined) {
    await (await import("../engine/isolate/worker_process.ts")).serveIsolated(mark);
    return 0;
  }
  if (word === SHELL_EVALUATOR && mark !== undefined) {
    await (await import("./shell/evaluator_process.ts")).serveEvaluator(mark);
    return 0;
  }
  if (word === COMPLETE) {
    host.stdout(await (await import("./completion/complete.ts")).complete(args.slice(1), subcommands, host));
    return 0;
  }
  let debug = false;
  let outcome: Outcome;
  try {
    const found = parseCommandLine(args, subcommands, config.version, helpArea(host));
    if (found.kind === "shown") {
      host.stdout(found.text);
      outcome = { kind: "done" };
    } else {
      const { values, configuration } = await configure(found, subcommands, host);
      const invocation = prepare(found, subcommands, values, configuration);
      debug = invocation.verbosity === "debug";
      const { notes, details } = placeNotes(configuration);
      const context = newContext({ ...invocation, notes: [...invocation.notes, ...notes] }, host);
      for (const detail of details) context.debug(detail);
      outcome = await invocation.run(context);
    }
  } catch (error) {
    outcome = outcomeOfError(error);
  }
  host.stderr(describeOutcome(outcome, debug, painter(host.color.stderr)));
  return exitStatus(outcome);
}

function helpArea({ liveStdout, terminalSize, color }: Host): HelpArea {
  return { columns: liveStdout ? terminalSize()?.columns : undefined, color: color.stdout };
}

function newContext(invocation: Invocation, host: Host): CommandContext {
  const { jugfile, args, verbosity } = invocation;
  const jugdir = findJugdir(invocation.jugdir, jugfile, host.now());
  const say = (line: string) => {
    if (verbosity !== "quiet") host.stderr(`${line}\n`);
  };
  for (const note of [...invocation.notes, oldAddressNote(invocation.jugdir ?? "")]) if (note !== undefined) say(note);
  return {
    ...host,
    jugfile,
    jugdir,
    args,
    verbosity,
    say,
    debug: (line) => {
      if (verbosity === "debug") host.stderr(`${line}\n`);
    },
    openBackend: async () => {
      const [{ openBackend }, { thisHost }] = await Promise.all([
        import("../backends/open.ts"),
        import("../engine/results/owner.ts"),
      ]);
      return await openBackend(jugdir, { observer: thisHost() });
    },
    inspect: async ({ changesNothing = false, write = host.stderr } = {}) => {
      const [{ inspectJugfile }, { unreadArgumentsNote }] = await Promise.all([
        import("../engine/inspect/inspect.ts"),
        import("../engine/load/unread_arguments.ts"),
      ]);
      const release = guardJugfile(host, jugfile);
      const onDamaged = (hash: string, reason: string) =>
        write(ourText(
          `the result ${hash.slice(0, 8)} is damaged (${reason})${
            changesNothing ? "" : " and was removed"
          }: jug execute computes it again`,
          "yellow",
          painter(host.color.stderr),
        ));
      const onSlow = (line: string) => verbosity === "quiet" ? undefined : write(`${line}\n`);
      const inspection = await inspectJugfile({ jugfile, address: jugdir, args, onDamaged, onSlow, changesNothing })
        .finally(release);
      // Code after an unmet barrier may still read the arguments.
      const note = inspection.barrier === undefined ? unreadArgumentsNote(inspection.session) : undefined;
      if (note !== undefined) say(note);
      return inspection;
    },
  };
}
