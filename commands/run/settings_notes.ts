/**
 * Compares the settings of a run with those of the run before in the same jugdir.
 *
 * Only options that last are compared: they concern what a run leaves in the jugdir, or how others treat its tasks.
 * Differences in the number of workers, say, are common and harmless.
 *
 * @module
 */
import type { Backend, ProcessEntry } from "../../backends/backend.ts";
import { listProcesses } from "../../backends/optional_parts.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { resolveJugdir } from "../../engine/load/jugdir.ts";
import type { CommandContext } from "../cli/command.ts";
import type { Configuration } from "../cli/configuration.ts";
import { namesOf, type OptionDeclaration, ruleOf } from "../cli/declaration.ts";
import { EXECUTE_OPTIONS } from "./execute_declarations.ts";

/** How the user gave the options of a run. */
export interface GivenOptions {
  /** The options as the command line would have them; `undefined` if there are none. */
  readonly text: string | undefined;
  readonly configuration: Configuration;
}

/** Returns what to tell the user, a line each, before the process joins. */
export async function settingsNotes(
  backend: Backend,
  context: Pick<CommandContext, "jugfile" | "jugdir" | "now" | "mayRead">,
  { text, configuration }: GivenOptions,
): Promise<string[]> {
  const last = await lastProcess(backend);
  if (last === undefined) return unusedJugdirNotes(context, configuration);
  const differences = lastingDifferences(last.options, text);
  if (differences.length === 0) return [];
  return [`settings differ from those of the last run in this jugdir${timeOf(last)}: ${differences.join(", ")}`];
}

/** Returns the process that started last and is known to have been given its options by jug. */
async function lastProcess(backend: Backend): Promise<ProcessEntry | undefined> {
  let last: ProcessEntry | undefined;
  for await (const batch of listProcesses(backend)) {
    for (const process of batch) {
      if (process.started !== undefined && process.started > (last?.started ?? -Infinity)) last = process;
    }
  }
  return last;
}

function timeOf({ started }: ProcessEntry): string {
  const time = new Date(started ?? NaN);
  return Number.isNaN(time.getTime()) ? "" : `, at ${time.toISOString()}`;
}

/** Returns how two texts of options differ in the options that last: `--lease was 300, is 30`. */
export function lastingDifferences(before: string | undefined, now: string | undefined): string[] {
  return EXECUTE_OPTIONS.filter(({ isLasting }) => isLasting).flatMap((declaration) => {
    const [was, is] = [stateIn(declaration, before ?? ""), stateIn(declaration, now ?? "")];
    return was === is ? [] : [`${namesOf(declaration).flag} was ${was}, is ${is}`];
  });
}

/** Returns the value of an option in a text that another process may have written. */
function stateIn(declaration: OptionDeclaration, text: string): string {
  const { flag, takesValue } = namesOf(declaration);
  const words = text.split(" ");
  const at = words.indexOf(flag);
  if (!takesValue) return at < 0 ? "off" : "on";
  const value = at < 0 ? undefined : words[at + 1];
  // All options that last and take a value take a number.
  return value !== undefined && /^[\d.]{1,20}$/.test(value)
    ? value
    : String(ruleOf(declaration)?.fallback ?? "not set");
}

/**
 * Returns a note if a file moved the jugdir away from the default one, which earlier runs have used. Without a note, the
 * user would wonder why everything is computed again.
 */
function unusedJugdirNotes(
  { jugfile, jugdir, now, mayRead }: Pick<CommandContext, "jugfile" | "jugdir" | "now" | "mayRead">,
  { origins }: Configuration,
): string[] {
  const origin = origins.get("jugdir");
  if (origin?.kind !== "file") return [];
  const usual = resolveJugdir(undefined, jugfile, now());
  if (usual === jugdir || !mayRead(usual) || !isFolder(usual)) return [];
  return [
    `results of earlier runs are in ${usual}, which is not used, since "${origin.key}" in ${origin.file} names another ` +
    `jugdir (\`jug copy ${shellQuote(usual)} JUGDIR\` copies them)`,
  ];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // there was no earlier run
  }
}
