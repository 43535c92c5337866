/**
 * Checks the flags that `jug permissions` prints: they are sufficient, and each is necessary.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Project } from "./project.ts";

const JUGFILE = `import { TaskGenerator } from "jug";
import { least } from "./least.ts";
const square = TaskGenerator(function square(n: number) { return n * n; });
export const squares = [least, 2, 3].map(square);
`;
/** A jugfile with three tasks that imports another module. */
export const SQUARES = { "squares.ts": JUGFILE, "least.ts": "export const least = 1;\n" };

/** Splits `--allow-read=a,b --allow-net=c --allow-sys` into pairs, so that one can be left out. */
export function piecesOf(flags: readonly string[]): [flag: string, value: string][] {
  return flags.flatMap((word) => {
    const [flag = "", values = ""] = word.split("=");
    return values.split(",").map((value): [string, string] => [flag, value]);
  });
}

/** Joins pairs into flags: the inverse of {@linkcode piecesOf}. */
export function joined(pieces: readonly [flag: string, value: string][]): string[] {
  const flags = [...new Set(pieces.map(([flag]) => flag))];
  return flags.map((flag) =>
    `${flag}=${pieces.filter((piece) => piece[0] === flag).map(([, value]) => value).join(",")}`.replace(/=$/, "")
  );
}

/** Returns the flags that `jug permissions ...words` prints. */
export async function printedFlags({ jug }: Project, words: string): Promise<string[]> {
  const { code, stdout, stderr } = await jug(`permissions ${words}`);
  assert.equal(code, 0, stderr);
  return stdout.trim().split(" ").filter((flag) => flag !== "");
}

/** Flags that have already been shown to be necessary, each with the command. */
export type LeftOut = Set<string>;

/**
 * Runs `jug ...words` without each of the flags in turn. It must fail with a line that names the flag. If the same
 * command was checked on another backend before, `leftOut` contains flags to skip: those for the jugfile and the
 * library.
 */
export async function checkNoneIsSpare(
  { jug }: Pick<Project, "jug">,
  words: string,
  flags: readonly string[],
  leftOut: LeftOut = new Set(),
): Promise<void> {
  const pieces = piecesOf(flags);
  const run = words.replace(/ --jugdir \S+/, "");
  for (const piece of pieces) {
    const trial = `${run} without ${piece.join("=")}`;
    if (leftOut.has(trial)) continue;
    leftOut.add(trial);
    const { code, stderr } = await jug(words, { permissions: joined(pieces.filter((other) => other !== piece)) });
    assert.notEqual(code, 0, `${words} works without ${piece.join("=")}`);
    assert.match(
      stderr,
      new RegExp(`^(jug:| ) .*([Aa]dd the flag "?${piece[0]}|--allow-net)`, "m"),
      `${trial}: ${stderr}`,
    );
  }
}

/** Runs `jug ...words` with these flags. It must succeed. */
export async function checkSuffices(
  { jug }: Pick<Project, "jug">,
  words: string,
  flags: readonly string[],
): Promise<void> {
  const { code, stderr } = await jug(words, { permissions: flags });
  assert.equal(code, 0, `${words} ${flags.join(" ")}\n${stderr}`);
}

/** Checks the flags printed for `asked` both ways, by running `words`. Returns them. */
export async function checkCommand(
  project: Project,
  words: string,
  asked = words,
  leftOut?: LeftOut,
): Promise<readonly string[]> {
  const flags = await printedFlags(project, asked);
  await checkNoneIsSpare(project, words, flags, leftOut);
  await checkSuffices(project, words, flags);
  return flags;
}
