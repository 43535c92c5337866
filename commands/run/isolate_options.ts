/**
 * The options of `jug execute` for workers in their own processes.
 *
 * @module
 */
import { resolve } from "node:path";
import { JugError } from "../../core/errors.ts";
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { flagOption, type NumberDeclaration, numberOf, textOption } from "../cli/option_values.ts";
import type { Need } from "../deno_flags/need.ts";

/** The options for workers in their own processes. */
export interface IsolateOptions {
  /** The maximum memory of each worker, in megabytes. */
  readonly memoryMb: number | undefined;
  /** Permissions that workers get in addition to those that jug finds. */
  readonly passOn: readonly Need[];
}

const MEMORY_LIMIT = {
  flags: "--memory-limit <MB>",
  description: "the maximum memory of each worker, with --isolate",
  value: { kind: "number", whole: true, min: 16 },
  onlyWith: "isolate",
} as const satisfies NumberDeclaration;

/** The declarations for the parser. */
export const ISOLATE_OPTIONS: readonly OptionDeclaration[] = [
  {
    flags: "--isolate",
    description:
      "run each worker in its own process, which is killed if a task does not end in time (needs --allow-run)",
    conflicts: ["inspect", "inspectPort", "pdb"],
  },
  MEMORY_LIMIT,
  {
    flags: "--pass-on <permissions>",
    description: "further permissions of workers, with --isolate, as in read=data.csv",
    value: { kind: "text", check: passOnNeeds, rebase: rebasePassOn },
    onlyWith: "isolate",
  },
];

const ALLOWED = /^(read|write|net|env|sys|run|ffi|import)(?:=(.+))?$/;

/**
 * Checks the values that the parser found. Returns `undefined` if workers are threads.
 *
 * @throws {JugError} of kind "usage" that names a bad option.
 */
export function isolateOptions(values: OptionValues): IsolateOptions | undefined {
  const hasMemory = textOption(values, "memoryLimit") !== undefined;
  const passOn = textOption(values, "passOn");
  if (!flagOption(values, "isolate")) {
    const lone = hasMemory ? "--memory-limit" : passOn !== undefined ? "--pass-on" : undefined;
    if (lone === undefined) return undefined;
    throw new JugError("usage", `option '${lone}' only applies to workers in processes of their own`, {
      remedy: "Add --isolate",
    });
  }
  return { memoryMb: numberOf(values, MEMORY_LIMIT), passOn: passOnNeeds(passOn) };
}

/**
 * Parses the permissions that `--pass-on` names.
 *
 * @param subject The beginning of a message about the text
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function passOnNeeds(text = "", subject = "option '--pass-on'"): Need[] {
  return wordsIn(text).flatMap((word) => needsOf(word, subject));
}

/** Returns the text with relative paths, which are relative to `folder`, made absolute. */
export function rebasePassOn(text: string, folder: string): string {
  return wordsIn(text).map((word) =>
    word.replace(
      /^(read|write|ffi)=(.*)$/,
      (_, kind: string, list: string) => `${kind}=${list.split(",").map((path) => resolve(folder, path)).join(",")}`,
    )
  ).join(" ");
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Parses one word: `read=a.csv,b.csv` becomes two needs. */
function needsOf(word: string, subject: string): Need[] {
  const [, name, list] = ALLOWED.exec(word) ?? [];
  switch (name) {
    case "read":
    case "write":
    case "net":
    case "env":
    case "sys":
    case "run":
    case "ffi":
    case "import":
      return list === undefined
        ? [{ kind: name, value: undefined }]
        : list.split(",").map((value) => ({ kind: name, value }));
    default:
      throw new JugError("usage", `${subject} cannot contain ${JSON.stringify(word)}`, {
        remedy: 'Write kinds and values as in "read=data.csv net=example.org:443"',
      });
  }
}
