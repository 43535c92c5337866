/**
 * What large results and large arguments cost.
 *
 * @module
 */
import { programCommand } from "../processes.ts";
import { oncePerRound, type Round } from "../round.ts";
import { count, type Row, type Size, type Yardstick } from "../row.ts";

interface Reported {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** Runs a program that prints milliseconds and megabytes. */
async function reported(round: Round, program: string, ...args: readonly (string | number)[]): Promise<Reported> {
  const { stdout } = await round.run(programCommand(program, ...args));
  const [milliseconds = NaN, megabytes = NaN] = stdout.trim().split(" ").map(Number);
  if (Number.isNaN(milliseconds)) throw new Error(`${program} printed no time: ${stdout}`);
  return { milliseconds, megabytes };
}

/** Returns what two programs report: one writes, and one reads. */
async function thereAndBack(round: Round, program: string, length: number): Promise<readonly Reported[]> {
  const place = `${round.newFolder()}/large`;
  return [
    await reported(round, program, "write", place, length),
    await reported(round, program, "read", place, length),
  ];
}

const seconds = (reports: readonly Reported[]) =>
  reports.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;

function resultRows(size: Size): readonly Row[] {
  const length = size(25_000_000);
  const megabytes = length * Float64Array.BYTES_PER_ELEMENT / 1e6;
  const name = `typed array of ${count(megabytes)} MB, stored and read back`;
  const ours = oncePerRound((round) => thereAndBack(round, "large_result.ts", length));
  return [{
    name: `${name}: time`,
    unit: "s",
    target: { kind: "share", value: 2 },
    measure: async (round) => seconds(await ours(round)),
    yardstick: {
      name: "writeFileSync, readFileSync",
      measure: async (round) => seconds(await thereAndBack(round, "plain_file.ts", length)),
    },
  }, {
    name: `${name}: memory`,
    unit: "copies",
    // The array and one copy, and what the process needs besides.
    target: { kind: "most", value: 2.5 },
    measure: async (round) => Math.max(...(await ours(round)).map((report) => report.megabytes / megabytes)),
  }];
}

function hashRows(size: Size): readonly Row[] {
  const length = size(1_000_000);
  const sha256: Yardstick = {
    name: "SHA-256 of the bytes",
    measure: async (round) => (await reported(round, "hash_numbers.ts", "bytes", length)).milliseconds,
  };
  const row = (kind: "typed" | "array", name: string, most: number): Row => ({
    name: `argument of ${count(length)} numbers hashed, ${name}`,
    unit: "ms",
    target: { kind: "most", value: most },
    measure: async (round) => (await reported(round, "hash_numbers.ts", kind, length)).milliseconds,
    yardstick: sha256,
  });
  return [row("typed", "typed array", 50), row("array", "array", 300)];
}

/** Rows for a large result and for a large argument. */
export function valueRows(size: Size): readonly Row[] {
  return [...resultRows(size), ...hashRows(size)];
}
