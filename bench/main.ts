/**
 * Measures what jug costs: the rows of the table in bench/README.md.
 *
 * ```sh
 * deno task bench                              # all rows
 * deno task bench --jug PATH                   # with Python's jug beside; PATH holds its package `jug`
 * deno task bench --rows sqlite --rounds 3     # only rows whose name contains "sqlite"
 * deno task bench --scale 0.01 --rounds 1      # small sizes, to try the suite itself
 * ```
 *
 * Prints the table; on stderr, what is being measured. The exit status is 0 if nothing failed, 1 if something did, and
 * 2 for an unknown option. SIGINT and SIGTERM end it without leaving anything behind.
 *
 * @module
 */
import { measureAll, type Plan, type RowOutcome } from "./measure.ts";
import { type Options, parseOptions } from "./options.ts";
import type { Row, Size } from "./row.ts";
import { SECTIONS } from "./sections.ts";
import { markdownTable } from "./table.ts";

function planOf({ parts, rounds, scale }: Options): Plan {
  const size: Size = (full) => Math.max(1, Math.round(full * scale));
  const isWanted = ({ name }: Row) => parts.length === 0 || parts.some((part) => name.toLowerCase().includes(part));
  return { sections: SECTIONS, size, rounds, isWanted, tell: (text) => console.error(text) };
}

/** Returns a signal that aborts when the process is told to end. */
function untilSignal(): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  Deno.addSignalListener("SIGINT", end);
  // Windows has no such signal.
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", end);
  return controller.signal;
}

function write(file: string, options: Options, outcomes: readonly RowOutcome[]): void {
  const { rounds, scale, folder } = options;
  const { deno } = Deno.version;
  const machine = { os: Deno.build.os, arch: Deno.build.arch, cores: navigator.hardwareConcurrency, deno };
  // Functions of the rows are left out by JSON.
  Deno.writeTextFileSync(file, JSON.stringify({ machine, rounds, scale, folder, outcomes }, undefined, 2) + "\n");
}

async function main(options: Options): Promise<number> {
  const plan = planOf(options);
  const names = SECTIONS.flatMap((section) => section.rows(plan.size)).filter(plan.isWanted).map(({ name }) => name);
  if (options.isList || names.length === 0) {
    console.log(names.length === 0 ? "no row has such a name" : names.join("\n"));
    return names.length === 0 ? 2 : 0;
  }
  const signal = untilSignal();
  const outcomes: RowOutcome[] = [];
  try {
    for await (
      const some of measureAll(plan, { base: options.folder, disk: options.disk, python: options.python, signal })
    ) {
      outcomes.push(...some);
      // After each section, because the next one may take long.
      if (options.json !== undefined) write(options.json, options, outcomes);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error("bench: ended by a signal; these are the rows that are complete");
  }
  console.log(markdownTable(outcomes));
  const failures = outcomes.flatMap(({ row, measured, yardstick }) =>
    [measured, yardstick].flatMap((part) => part?.failure === undefined ? [] : [`${row.name}: ${part.failure}`])
  );
  for (const failure of failures) console.error(`\nfailed: ${failure}`);
  return failures.length > 0 || signal.aborted ? 1 : 0;
}

const parsed = parseOptions(Deno.args);
if (parsed.kind === "refused") {
  console.error(`bench: ${parsed.reason}`);
  Deno.exit(2);
}
Deno.exit(await main(parsed.options));
