/**
 * `jug permissions`: prints the smallest set of Deno flags that a run needs.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext, OptionDeclaration } from "../cli/command.ts";
import { type Configuration, NO_LINE } from "../cli/configuration.ts";
import { DEFAULT_JUGFILE } from "../cli/jugfile_operand.ts";
import type { Need } from "../deno_flags/need.ts";
import { execute } from "../run/execute.ts";
import { type ExecuteOptions, executeOptions } from "../run/execute_options.ts";
import { flagOption, textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { passOnNeeds } from "../run/isolate_options.ts";
import { configNeeds } from "./config_needs.ts";
import { givenOptions } from "./given_options.ts";
import type { CommandNeeds } from "../deno_flags/own_needs.ts";
import type { LoneCommand } from "./lone_commands.ts";

const OPTIONS: readonly OptionDeclaration[] = [
  {
    flags: "--observe",
    description: "run the jugfile with every permission, and add what its tasks ask for",
    notInFiles: "It runs the jugfile with every permission; give it on the command line",
  },
  {
    flags: "--add <list>",
    description: 'further permissions to include in the flags, as in "read=data net=example.org:443"',
    value: { kind: "text", check: passOnNeeds },
    notInFiles: "It is for one command; give it on the command line",
  },
  ...execute.options,
];
/** The subcommands that take the jugfile's place, since they work without one. See without_jugfile.ts. */
const LONE_NAMES = ["copy", "init", "demo", "install-skills", "version", "completions"];

/** What the command line asks for. */
interface Question {
  readonly operands: readonly string[];
  readonly options: ExecuteOptions;
  /** The options that were given, as words. */
  readonly given: readonly string[];
  /** What the user wants to be included. */
  readonly added: readonly Need[];
  readonly isObserved: boolean;
  readonly configuration: Configuration;
}

/** The subcommand. */
export const permissions: Command = {
  name: "permissions",
  summary: "Print the Deno flags that a run needs, ready to paste",
  operands: [
    {
      name: "subcommand",
      description: "the subcommand to run (default: execute); one that takes no jugfile goes in its place: " +
        "jug permissions copy FROM TO, init FOLDER, demo FOLDER, install-skills DIR; or launch KIND JUGFILE",
      isOptional: true,
      names: "subcommand",
    },
    { name: "to", description: "the TO of jug permissions copy FROM TO", isOptional: true },
  ],
  isForJugfile: (word) => LONE_NAMES.includes(word),
  // Like the command line that it is about: jug permissions launch slurm primes.ts.
  split: ([first, kind, jugfile = DEFAULT_JUGFILE, ...args]) =>
    first === "launch" ? { jugfile, operands: kind === undefined ? [first] : [first, kind], args } : undefined,
  options: OPTIONS,
  settingsOf: (jugfile, [subcommand = "execute"]) => LONE_NAMES.includes(jugfile) ? undefined : subcommand,
  prepare(values, operands = [], { configuration } = NO_LINE) {
    const given = givenOptions(OPTIONS.filter(({ flags }) => !flags.startsWith("--add")), values);
    const added = passOnNeeds(textOption(values, "add"), "option '--add'");
    const isObserved = flagOption(values, "observe");
    const question = { operands, options: executeOptions(values), given, added, isObserved, configuration };
    return async (context) => {
      const { loneCommand } = await import("./lone_commands.ts");
      const lone = loneCommand(context.jugfile);
      if (lone === undefined) return await printFlags(context, question);
      const hasJugdir = textOption(values, "jugdir") !== undefined;
      return await printLoneFlags(context, lone, question, hasJugdir ? ["--jugdir", ...given] : given);
    };
  },
};

async function printFlags(context: CommandContext, question: Question): Promise<Outcome> {
  const { options, given, isObserved } = question;
  const { jugdir } = context;
  const [{ ownNeeds }, { flagsFor }, { executeNeeds, isolatedNeeds }, command] = await Promise.all([
    import("../deno_flags/own_needs.ts"),
    import("../deno_flags/need.ts"),
    import("./execute_needs.ts"),
    commandOf(question),
  ]);
  if (options.isolate !== undefined && !options.dryRun) {
    (await import("../run/isolation.ts")).requireSharedJugdir(jugdir);
  }
  const { NOTHING_SEEN, seenNeeds } = await import("./seen_needs.ts");
  const seen = command.loads ? await seenNeeds(context, isObserved, given) : NOTHING_SEEN;
  const own = ownNeeds(command, jugdir);
  const { needs, passOn } = command.processes
    ? isolatedNeeds({ passOn: [] }, own, seen.needs, context)
    : executeNeeds(options.dryRun ? { ...options, isolate: undefined } : options, own, seen.needs, context);
  const more = question.operands[0] === "launch" ? await needsOfLaunch(context, question) : [];
  const all = [...needs, ...more, ...question.added, ...configNeeds(question.configuration)];
  context.stdout(`${flagsFor(all, Deno.cwd()).join(" ")}\n`);
  if (passOn !== undefined) {
    const what = command.processes ? "The shell's process" : "With --isolate a process";
    context.say(`${what} gets only what jug can find by itself; fewer permissions suffice with --pass-on "${passOn}"`);
  }
  if (!isObserved) sayOfModules(context, [jugdir]);
  sayWhatElse(context, command);
  if (seen.code === 0) return { kind: "done" };
  return { kind: "unfinished", reasons: ["not all tasks ran, so they may need further permissions"] };
}

async function needsOfLaunch({ jugdir, jugfile }: CommandContext, { operands }: Question): Promise<readonly Need[]> {
  const [{ launchNeeds, schedulerKind }, { launchPlace }] = await Promise.all([
    import("../deno_flags/launch_needs.ts"),
    import("../deno_flags/launch_place.ts"),
  ]);
  return launchNeeds(schedulerKind(operands[1]), launchPlace(jugdir, jugfile, undefined).logs);
}

/** Returns what the named subcommand needs, and refuses operands and options that do not apply to it. */
async function commandOf({ operands, given, options }: Question): Promise<CommandNeeds> {
  const [{ COMMAND_NEEDS }, { loneCommand }] = await Promise.all([
    import("../deno_flags/own_needs.ts"),
    import("./lone_commands.ts"),
  ]);
  const [subcommand = "execute", unwanted] = operands;
  // A run that runs nothing only looks.
  const name = subcommand === "execute" && options.dryRun ? "status" : subcommand;
  const { LAUNCH_NEEDS, schedulerKind } = await import("../deno_flags/launch_needs.ts");
  const command = subcommand === "launch"
    ? LAUNCH_NEEDS
    : Object.hasOwn(COMMAND_NEEDS, name)
    ? COMMAND_NEEDS[name]
    : undefined;
  if (command === undefined) {
    const usage = loneCommand(subcommand)?.usage;
    throw new JugError("usage", `'${subcommand}' is not a subcommand that works on a jugfile`, {
      remedy: usage === undefined
        ? `Give one of ${Object.keys(COMMAND_NEEDS).join(", ")}, or launch KIND`
        : `Write \`${usage}\``,
    });
  }
  if (subcommand === "launch") schedulerKind(unwanted);
  else if (unwanted !== undefined) {
    throw new JugError("usage", `unexpected word '${unwanted}' after the subcommand`, {
      remedy: "Write arguments of the jugfile after --, and leave out those of the subcommand, which change no flag",
    });
  }
  if (subcommand !== "execute") {
    refuseOptions(given, subcommand, "Leave it out: only options of execute change what is printed");
  }
  return command;
}

async function printLoneFlags(
  context: CommandContext,
  { command, usage, operandIs, needsOf }: LoneCommand,
  { operands, added, configuration }: Question,
  given: readonly string[],
): Promise<Outcome> {
  refuseOptions(given, command.name, `Write \`${usage}\``);
  const allowed = operandIs === undefined ? (command.operands ?? []).length : 1;
  if (operands.length > allowed) {
    throw new JugError("usage", `too many words follow ${command.name}`, { remedy: `Write \`${usage}\`` });
  }
  if (operandIs !== undefined && operands.length === 0) {
    throw new JugError("usage", `no folder follows ${command.name}`, { remedy: `Write \`${usage}\`` });
  }
  // Refuses the operands that the subcommand itself would refuse.
  if (operandIs === undefined) command.prepare({}, operands);
  else command.prepare({ [operandIs]: operands[0] });
  const { flagsFor } = await import("../deno_flags/need.ts");
  const needs = [...needsOf(operands), ...added, ...command.hasSettings === false ? [] : configNeeds(configuration)];
  context.stdout(`${flagsFor(needs, Deno.cwd()).join(" ")}\n`);
  sayOfModules(context, operands);
  return { kind: "done" };
}

function refuseOptions([option]: readonly string[], subcommand: string, remedy: string): void {
  if (option === undefined) return;
  throw new JugError("usage", `option '${option.replace(/=.*/s, "")}' cannot be used with ${subcommand}`, { remedy });
}

/** Explains that the needs of a custom backend (`module:`) are known only as far as they were observed. */
function sayOfModules(context: CommandContext, addresses: readonly string[]): void {
  if (!addresses.some((address) => /^module:/i.test(address))) return;
  context.say("Of what the backend module: asks for, only what was seen while the jugfile was loaded is included");
  context.say("  (jug permissions JUGFILE --observe includes all that execute asks for, if the jugdir is new)");
}

/** Prints permissions that are optional. */
function sayWhatElse(context: CommandContext, command: CommandNeeds): void {
  if (command.output !== undefined) {
    context.say(`With ${command.output} also --allow-write=FILE; without it, no file is written`);
  }
  if (command.listens !== undefined) {
    context.say("With --ip or --port, --allow-net takes that address; --allow-actions also needs --allow-write=JUGDIR");
  }
  if (command.processes) {
    context.say("Optional: --allow-run (without it Ctrl-C at the prompt cannot stop an input that computes),");
    context.say("  --allow-env=HOME and reading and writing ~/.local/state/jug (inputs of earlier prompts)");
    context.say("With --eval or without a terminal no process is started: the flags for `jug value` suffice");
    return;
  }
  if (!command.threads) return;
  context.say("Optional: --allow-sys=hostname (a dead process of this machine is noticed at once),");
  context.say("  --allow-sys=systemMemoryInfo (a result larger than --cache-size is kept if memory is free),");
  context.say("  --allow-env=JUG_MAX_TASKS,… and --allow-read=__jug_please_stop_running.txt (limits from outside)");
}
