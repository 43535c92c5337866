/**
 * Runs the last version of jug that wrote format 1, from this project's own history.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { RunResult } from "./run_jug.ts";

/** The last commit whose jugdirs, databases and servers have format 1. */
const COMMIT = "7dfb09a7aed37fb9e9fd1672d11de9c40b11c9e4";
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

function git(...args: string[]): Deno.Command {
  return new Deno.Command("git", { args: ["-C", PROJECT, ...args], stdin: "null", stdout: "piped", stderr: "null" });
}

/** Whether the history of this copy of the project has the old version. A shallow clone does not. */
export function hasOldVersion(): boolean {
  try {
    return git("cat-file", "-e", `${COMMIT}^{commit}`).outputSync().success;
  } catch {
    return false; // There is no git.
  }
}

/** The old version, in a folder of its own. */
export interface OldVersion {
  /** The specifier by which a jugfile imports its library. */
  readonly library: string;
  /** Runs it in `cwd`, to its end. The words are split at spaces. */
  jug(words: string, cwd: string): Promise<RunResult>;
  /** Starts it. */
  start(words: string, cwd: string): Deno.ChildProcess;
}

/** Writes the old version to `folder`. */
export async function unpackOldVersion(folder: string): Promise<OldVersion> {
  Deno.mkdirSync(folder);
  const archive = git(
    "archive",
    COMMIT,
    "deno.json",
    "deno.lock",
    "mod.ts",
    "cli.ts",
    "core",
    "engine",
    "commands",
    "backends",
  ).spawn();
  const tar = new Deno.Command("tar", { args: ["-x", "-C", folder], stdin: "piped" }).spawn();
  await archive.stdout.pipeTo(tar.stdin);
  if (!(await archive.status).success || !(await tar.status).success) throw new Error(`${COMMIT} was not unpacked`);
  const start = (words: string, cwd: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-prompt",
        "--quiet",
        "--config",
        `${folder}/deno.json`,
        `${folder}/cli.ts`,
        ...words.split(" "),
      ],
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return {
    library: `${folder}/mod.ts`,
    start,
    async jug(words, cwd) {
      const { code, stdout, stderr } = await start(words, cwd).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
  };
}
