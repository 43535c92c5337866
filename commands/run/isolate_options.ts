/**
 * The options of `jug execute` for workers in their own processes.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { flagOption, numberOption, textOption } from "../cli/option_values.ts";
import type { Need } from "../deno_flags/need.ts";

/** The options for workers in their own processes. */
export interface IsolateOptions {
  /** The maximum memory of each worker, in megabytes. */
  readonly memoryMb: number | undefined;
  /** Permissions that workers get in addition to those that jug finds. */
  readonly passOn: readonly Need[];
}

/** The declarations for the parser. */
export const ISOLATE_OPTIONS: readonly OptionDeclaration[] = [
  {
    flags: "--isolate",
    description:
      "run each worker in its own process, which is killed if a task does not end in time (needs --allow-run)",
    conflicts: ["inspect", "inspectPort", "pdb"],
  },
  { flags: "--memory-limit <MB>", description: "the maximum memory of each worker, with --isolate" },
  {
    flags: "--pass-on <permissions>",
    description: "further permissions of workers, with --isolate, as in read=data.csv",
  },
];

const ALLOWED = /^(read|write|net|env|sys|run|ffi|import)(?:=(.+))?$/;

/**
 * Checks the values that the parser found. Returns `undefined` if workers are threads.
 *
 * @throws {JugError} of kind "usage" that names a bad option.
 */
export function isolateOptions(values: OptionValues): IsolateOptions | undefined {
  const memory = textOption(values, "memoryLimit");
  const passOn = textOption(values, "passOn");
  if (!flagOption(values, "isolate")) {
    const lone = memory !== undefined ? "--memory-limit" : passOn !== undefined ? "--pass-on" : undefined;
    if (lone === undefined) return undefined;
    throw new JugError("usage", `option '${lone}' only applies to workers in processes of their own`, {
      remedy: "Add --isolate",
    });
  }
  return {
    memoryMb: memory === undefined
      ? undefined
      : numberOption(memory, { flag: "--memory-limit", fallback: 0, whole: true, min: 16 }),
    passOn: passOnNeeds(passOn),
  };
}

/**
 * Parses the permissions that `--pass-on` names.
 *
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function passOnNeeds(text = ""): Need[] {
  return text.split(/\s+/).filter((word) => word !== "").flatMap(needsOf);
}

/** Parses one word: `read=a.csv,b.csv` becomes two needs. */
function needsOf(word: string): Need[] {
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
      throw new JugError("usage", `option '--pass-on' cannot contain ${JSON.stringify(word)}`, {
        remedy: 'Write kinds and values as in --pass-on "read=data.csv net=example.org:443"',
      });
  }
}
