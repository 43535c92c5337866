/**
 * The command line of a worker.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { JugError } from "../../core/errors.ts";
import { spawnOwn } from "../../engine/isolate/spawn_self.ts";
import { LIBRARY } from "../../core/caller.ts";
import type { CommandContext, OptionValues } from "../cli/command.ts";
import { ownFlags } from "../deno_flags/own_flags.ts";
import { STOP_VARIABLES } from "../run/stop_rules.ts";
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
}

/** Returns the command line. Loads the jugfile in a process of its own to learn which permissions it needs. */
export async function workerCommand(context: CommandContext, parts: WorkerParts): Promise<WorkerCommand> {
  return { program: await programOf(context, parts), words: wordsOf(context, parts) };
}

async function programOf(context: CommandContext, parts: WorkerParts): Promise<string> {
  const { jug, kind } = parts.options;
  if (jug !== undefined) return jug;
  // An image has its own jug, with its own flags.
  if (kind === "kubernetes") return "jug";
  // The permissions of a compiled program are built in.
  if (Deno.build.standalone) return shellWords([Deno.execPath()]);
  const cli = new URL("cli.ts", LIBRARY).href;
  const start = shellWords([Deno.execPath(), "run", "--no-prompt", "--quiet", ...ownFlags()]);
  const flags = await permissionFlags(context, parts);
  return [start, flags, shellWords([cli.startsWith("file:") ? fileURLToPath(cli) : cli])].join(" ");
}

/**
 * Returns the flags, quoted for a shell: those that `jug permissions execute` prints, the name of the host, and what the
 * user added. They are asked of a process with all permissions: it observes what loading the jugfile asks for.
 */
async function permissionFlags(context: CommandContext, { options, values }: WorkerParts): Promise<string> {
  if (permissionNeeds(options.permissions) === "all") return "-A";
  const { jugfile, jugdir, args } = context;
  // Listings show which hosts work. Limits from outside count for workers, too.
  const added = [`sys=hostname env=${STOP_VARIABLES.join(",")}`, options.permissions.replaceAll("--allow-", "")];
  const child = spawnOwn(["-A", ...ownFlags()], [
    ...["permissions", jugfile, "execute", "--jugdir", jugdir, "--add", added.join(" ")],
    ...givenOptions(PASSED, values),
    ...configFlags(values),
    ...["--", ...args],
  ], { stdin: "null", stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (!success) throw new JugError("jugfile", decoder.decode(stderr).trim().replace(/^jug: /, ""));
  return decoder.decode(stdout).trim();
}

function configFlags(values: OptionValues): string[] {
  return values["config"] === false ? ["--no-config"] : [];
}

/** A worker starts later than its job, and takes a moment to end, in milliseconds. */
const AROUND_MS = 10_000;

/** Returns the part of a job's time in which its worker may run tasks, in seconds. */
function secondsForTasks(timeMs: number): number {
  return Math.max(1, Math.floor(Math.max(timeMs / 2, timeMs - AROUND_MS) / 1000));
}

function wordsOf({ jugfile, jugdir, args }: CommandContext, { options, values }: WorkerParts): string {
  return shellWords([
    jugfile,
    "--jugdir",
    jugdir,
    `--workers=${options.workers ?? "auto"}`,
    ...options.timeMs === undefined ? [] : [`--time=${secondsForTasks(options.timeMs)}s`],
    `--idle=${options.idle}`,
    `--grace=${options.grace}`,
    ...givenOptions(PASSED, values),
    ...configFlags(values),
    ...args.length === 0 ? [] : ["--", ...args],
  ]);
}
