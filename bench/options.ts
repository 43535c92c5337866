/**
 * The command line of the suite.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { PythonJug } from "./setting.ts";

const USAGE = `usage: deno task bench [OPTIONS]
  --rows PART       measure only rows whose name contains this; may be repeated
  --rounds N        how many rounds (default: 5)
  --scale F         multiply all sizes by this, as in 0.01 (default: 1)
  --jug PATH        measure Python's jug too; the folder holds its package \`jug\`
  --python PROGRAM  the interpreter for it (default: python3)
  --folder PATH     where the rounds work (default: /dev/shm if it is there, or the system's temporary folder)
  --disk PATH       where rows that wait for a disk work (default: the system's temporary folder, if it is on a disk)
  --json FILE       write the outcomes to this file as well
  --list            print the names of the rows, and measure nothing`;

/** The checked options. */
export interface Options {
  /** Parts of names of rows, in lower case; none means all rows. */
  readonly parts: readonly string[];
  readonly rounds: number;
  readonly scale: number;
  readonly python: PythonJug | undefined;
  readonly folder: string;
  /** A folder on a disk, if one is known. */
  readonly disk: string | undefined;
  readonly json: string | undefined;
  readonly isList: boolean;
}

/** The options, or what is wrong with them, with a text on how to use them. */
export type ParsedOptions =
  | { readonly kind: "options"; readonly options: Options }
  | { readonly kind: "refused"; readonly reason: string };

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function temporaryFolder(): string {
  return Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
}

function defaultFolder(): string {
  return isFolder("/dev/shm") ? "/dev/shm" : temporaryFolder();
}

/** The numbers that Linux has for file systems with a journal on a disk: ext4, XFS, Btrfs. */
const JOURNALED: readonly number[] = [0xef53, 0x58465342, 0x9123683e];

function defaultDisk(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return JOURNALED.includes(statfsSync(temporaryFolder()).type) ? temporaryFolder() : undefined;
}

/** Parses and checks the words of the command line. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const refused = (reason: string): ParsedOptions => ({ kind: "refused", reason: `${reason}\n${USAGE}` });
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rows: { type: "string", multiple: true, default: [] },
        rounds: { type: "string", default: "5" },
        scale: { type: "string", default: "1" },
        jug: { type: "string" },
        python: { type: "string", default: "python3" },
        folder: { type: "string", default: defaultFolder() },
        disk: { type: "string" },
        json: { type: "string" },
        list: { type: "boolean", default: false },
      },
    });
    const { rows, rounds, jug, python, folder, disk = defaultDisk(), json, list } = values;
    const scale = Number(values.scale);
    if (!/^[1-9]\d*$/.test(rounds)) return refused(`--rounds takes a whole number, 1 or more, not ${rounds}`);
    if (!(scale > 0 && scale <= 1)) return refused(`--scale takes a number above 0, at most 1, not ${values.scale}`);
    if (!isFolder(folder)) return refused(`--folder: there is no folder ${folder}`);
    if (disk !== undefined && !isFolder(disk)) return refused(`--disk: there is no folder ${disk}`);
    if (jug !== undefined && !isFolder(`${jug}/jug`)) return refused(`--jug: there is no package jug in ${jug}`);
    const options: Options = {
      parts: rows.map((part) => part.toLowerCase()),
      rounds: Number(rounds),
      scale,
      python: jug === undefined ? undefined : { home: resolve(jug), interpreter: python },
      folder: resolve(folder),
      disk: disk && resolve(disk),
      json,
      isList: list,
    };
    return { kind: "options", options };
  } catch (error) {
    if (error instanceof TypeError) return refused(error.message);
    throw error;
  }
}
