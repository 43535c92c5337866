/**
 * A folder with a test's jugfiles and scripts, and real processes that run in it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { LockEntry } from "../../backends/backend.ts";
import { decodeRecord } from "../../core/value/record.ts";
import { type Leftovers, leftoversIn, locksIn, namesIn } from "./campaign/left_behind.ts";
import { recordsIn, type StoredRecord } from "./file/records.ts";
import { runJug, type RunningJug, type RunOptions, type RunResult, startJug } from "./run_jug.ts";
import { withTempDir } from "./temp_dir.ts";

/** File names and contents. */
export type Sources = Readonly<Record<string, string>>;

/** A result in a jugdir. */
export interface StoredResult {
  readonly record: StoredRecord;
  /** The task's name. */
  readonly name: string;
  readonly value: unknown;
}

/** A folder with the files of a test. */
export interface Project {
  readonly folder: string;
  /** Runs `jug` in the folder. The words are split at spaces. */
  jug(words: string, options?: RunOptions): Promise<RunResult>;
  /** Like `jug`, without waiting for its end. */
  startJug(words: string, options?: RunOptions): RunningJug;
  /** Runs a script of the folder by `deno run`. */
  script(name: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<RunResult>;
  write(name: string, text: string): void;
  /** Returns the names in a folder of the project, sorted; none if it is missing. */
  names(path: string): string[];
  /** Returns the intact results in a file jugdir. */
  results(jugdir: string): StoredResult[];
  /** Returns the locks in a file jugdir. */
  locks(jugdir: string): Promise<LockEntry[]>;
  /** Returns what is in a file jugdir besides results and failures. */
  leftovers(jugdir: string): Promise<Leftovers>;
}

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** Calls `use` with a new folder that contains `sources`. */
export function withProject(sources: Sources, use: (project: Project) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    const project = makeProject(folder);
    for (const [name, text] of Object.entries(sources)) project.write(name, text);
    await use(project);
  });
}

function makeProject(folder: string): Project {
  const inFolder = (words: string, options: RunOptions): [string[], RunOptions] => [
    words.split(" "),
    { cwd: folder, ...options },
  ];
  return {
    folder,
    jug: (words, options = {}) => runJug(...inFolder(words, options)),
    startJug: (words, options = {}) => startJug(...inFolder(words, options)),
    script: (name, args = [], env = {}) => runScript(folder, name, args, env),
    write: (name, text) => Deno.writeTextFileSync(`${folder}/${name}`, text),
    names: (path) => namesIn(`${folder}/${path}`),
    results: (jugdir) => resultsIn(`${folder}/${jugdir}`),
    locks: (jugdir) => locksIn(`${folder}/${jugdir}`),
    leftovers: (jugdir) => leftoversIn(`${folder}/${jugdir}`),
  };
}

async function runScript(
  folder: string,
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RunResult> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--quiet", "--no-lock", "--config", CONFIG, name, ...args],
    cwd: folder,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function resultsIn(jugdir: string): StoredResult[] {
  return recordsIn(jugdir, "result").flatMap((record) => {
    const decoded = decodeRecord(record.bytes);
    return decoded.kind === "valid" ? { record, name: decoded.meta.name, value: decoded.value } : [];
  });
}
