/**
 * The command line of a worker.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { LIBRARY } from "../../core/caller.ts";
import type { CommandContext, OptionValues } from "../cli/command.ts";
import type { Configuration } from "../cli/configuration.ts";
import { ownFlags } from "../deno_flags/own_flags.ts";
import { executeOptions } from "../run/execute_options.ts";
import { givenOptions } from "../permissions/given_options.ts";
import { type LaunchOptions, PASSED } from "./launch_options.ts";
import { permissionNeeds } from "./permission_text.ts";
import { shellWords } from "./shell_word.ts";

/** How a worker is started: the words before and after `execute`, quoted for a shell. */
export interface WorkerCommand {
  readonly program: string;
  readonly words: string;
}

/** What the command line depends on. */
export interface WorkerParts {
  readonly options: LaunchOptions;
  /** The parser's values, of which some are passed on. */
  readonly values: OptionValues;
  readonly configuration: Configuration;
}

/** How long a worker waits at a time for tasks that others hold, in seconds. */
const CYCLE_S = 2;

/** Returns the command line. Loads the jugfile in a process of its own to learn which permissions it needs. */
export async function workerCommand(context: CommandContext, parts: WorkerParts): Promise<WorkerCommand> {
  return { program: await programOf(context, parts), words: wordsOf(context, parts) };
}

async function programOf(context: CommandContext, parts: WorkerParts): Promise<string> {
  const { jug } = parts.options;
  if (jug !== undefined) return jug;
  // The permissions of a compiled program are built in.
  if (Deno.build.standalone) return shellWords([Deno.execPath()]);
  const cli = new URL("cli.ts", LIBRARY).href;
  const start = shellWords([Deno.execPath(), "run", "--no-prompt", "--quiet", ...ownFlags()]);
  const flags = await permissionFlags(context, parts);
  return [start, ...flags, shellWords([cli.startsWith("file:") ? fileURLToPath(cli) : cli])].join(" ");
}

/** Returns the flags, quoted: those of `jug permissions execute`, the name of the host, and what the user added. */
async function permissionFlags(context: CommandContext, parts: WorkerParts): Promise<readonly string[]> {
  const given = permissionNeeds(parts.options.permissions);
  if (given === "all") return ["-A"];
  const [
    { COMMAND_NEEDS, ownNeeds },
    { executeNeeds },
    { flagsFor },
    { seenNeeds },
    { configNeeds },
    { STOP_VARIABLES },
  ] = await Promise.all([
    import("../deno_flags/own_needs.ts"),
    import("../permissions/execute_needs.ts"),
    import("../deno_flags/need.ts"),
    import("../permissions/seen_needs.ts"),
    import("../permissions/config_needs.ts"),
    import("../run/stop_rules.ts"),
  ]);
  const seen = await seenNeeds(context, false, []);
  const execute = COMMAND_NEEDS["execute"];
  const own = execute === undefined ? [] : ownNeeds(execute, context.jugdir);
  const { needs } = executeNeeds(executeOptions(parts.values), own, seen.needs, context);
  return flagsFor([
    ...needs,
    ...configNeeds(parts.configuration),
    // Listings show which hosts work. Limits from outside count for workers, too.
    { kind: "sys", value: "hostname" },
    ...STOP_VARIABLES.map((value) => ({ kind: "env" as const, value })),
    ...given,
  ], Deno.cwd());
}

function wordsOf({ jugfile, jugdir, args }: CommandContext, { options, values }: WorkerParts): string {
  const idleCycles = Math.max(1, Math.ceil(options.idleMs / 1000 / CYCLE_S));
  return shellWords([
    jugfile,
    "--jugdir",
    jugdir,
    `--workers=${options.workers ?? "auto"}`,
    `--nr-wait-cycles=${idleCycles}`,
    `--wait-cycle-time=${CYCLE_S}`,
    ...givenOptions(PASSED, values),
    ...values["config"] === false ? ["--no-config"] : [],
    ...args.length === 0 ? [] : ["--", ...args],
  ]);
}
