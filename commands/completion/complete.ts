/**
 * Finds the names of tasks for a shell that completes a command line: those that the jugdir knows.
 *
 * The jugfile is not run, nothing is created, and every problem means that there are no names: a message would end up
 * in the middle of what the user types.
 *
 * @module
 */
import { listDurations } from "../../backends/optional_parts.ts";
import { openBackend } from "../../backends/open.ts";
import { schemeOf } from "../../backends/scheme.ts";
import { resolveJugdir } from "../../engine/load/jugdir.ts";
import type { Command } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { textOption } from "../cli/option_values.ts";
import { parseCommandLine, type ParsedLine } from "../cli/parse.ts";
import { configure } from "../config/configure.ts";

/** How long the user waits at most, in milliseconds: a server may not answer. */
const PATIENCE_MS = 2_000;
/** How many failures to look into. Tasks that failed and never finished are known from these alone. */
const MOST_FAILURES = 500;

/** What completing needs from outside. */
export type CompleteHost = Pick<Host, "mayRead" | "env" | "now">;

/**
 * Returns the names of tasks that begin with `current`, a line each, or if there are none, the names without the
 * module.
 *
 * @param words `tasks`, then `current`, then the words before it on the command line, without that of the program
 */
export async function complete(
  [what, current = "", ...words]: readonly string[],
  commands: readonly Command[],
  host: CompleteHost,
): Promise<string> {
  if (what !== "tasks") return "";
  const late = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => late.resolve([]), PATIENCE_MS);
  try {
    const names = await Promise.race([taskNames(words, commands, host), late.promise]);
    return matching(names, current).map((name) => `${name}\n`).join("");
  } catch {
    return ""; // the jugdir cannot be read, a configuration file is wrong, …: the command itself will report it
  } finally {
    clearTimeout(timer);
  }
}

async function taskNames(words: readonly string[], commands: readonly Command[], host: CompleteHost) {
  const line = parsed(words, commands);
  if (line === undefined) return [];
  const { values } = await configure(line, commands, host);
  const jugdir = resolveJugdir(textOption(values, "jugdir"), line.jugfile, host.now());
  // The module of a backend is the user's code, which only commands run. A memory: without a file is empty.
  if (schemeOf(jugdir) === "module:" || /^memory:$/i.test(jugdir)) return [];
  const backend = await openBackend(jugdir, { existing: true });
  try {
    const names = new Set((await listDurations(backend)).map(({ name }) => name));
    let count = 0;
    const { readFailures } = await import("../../engine/results/failures.ts");
    for await (const { record } of readFailures(backend)) {
      if (record.kind === "failure") names.add(record.failure.task);
      if (++count >= MOST_FAILURES) break;
    }
    // deno-lint-ignore no-control-regex -- names are lines in a terminal
    return [...names].filter((name) => !/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(name)).sort();
  } finally {
    await backend.close();
  }
}

/** Parses the words, of which the last may be an option whose value is being completed. */
function parsed(words: readonly string[], commands: readonly Command[]): ParsedLine | undefined {
  for (const some of [words, words.slice(0, -1)]) {
    try {
      const line = parseCommandLine(some, commands, "");
      if (line.kind === "run") return line;
    } catch {
      // the words so far may be incomplete
    }
  }
  return undefined;
}

function matching(names: readonly string[], current: string): readonly string[] {
  const whole = names.filter((name) => name.startsWith(current));
  if (whole.length > 0) return whole;
  const short = names.map((name) => name.slice(name.lastIndexOf(".") + 1));
  return [...new Set(short)].filter((name) => name.startsWith(current)).sort();
}
