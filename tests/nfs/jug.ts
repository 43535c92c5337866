/**
 * Runs commands of jug, as scripts of a guest.
 *
 * @module
 */
import type { Guests, Host, Outcome } from "./guests.ts";

/** The permissions of a command: all, or those that a careful user grants, without access to /proc. */
export type Permissions = "all" | "few";

const PERMISSIONS: Readonly<Record<Permissions, string>> = {
  all: "-A",
  few: "--no-prompt --allow-read=/project,/mnt,/runs --allow-write=/mnt,/runs --allow-env --allow-sys=hostname",
};

/** A call of jug on a jugfile of this rig. */
export interface JugCall {
  readonly command: string;
  readonly jugfile: "layers" | "pairs" | "stored";
  readonly jugdir: string;
  /** The `args` of the jugfile. */
  readonly args: readonly (string | number)[];
  /** Options, as on the command line. */
  readonly options?: string;
  readonly permissions?: Permissions;
  /** Environment variables, written as before a shell command. */
  readonly env?: string;
}

/** Returns the call as a line of bash. */
export function jugScript(
  { command, jugfile, jugdir, args, options = "", permissions = "all", env = "" }: JugCall,
): string {
  const [word, ...rest] = command.split(" ");
  const file = `/project/tests/nfs/jugfiles/${jugfile}.ts`;
  const program = `/opt/deno run ${PERMISSIONS[permissions]} --cached-only /project/cli.ts`;
  return `${env} exec ${program} ${word} ${file} ${rest.join(" ")} --jugdir '${jugdir}' ${options} -- ${
    args.join(" ")
  }`;
}

/** Runs jug on a host, and waits for its end. */
export async function callJug(guests: Guests, host: Host, call: JugCall): Promise<Outcome> {
  return await (await guests.start(host, jugScript(call))).end;
}

/**
 * Returns what nobody needs in a jugdir in which nothing runs, as a host sees it after opening the folders again: files
 * in tmp/ and workers/, segments that are open, states that no head names, and files that a client keeps because they
 * were open when they were removed.
 */
export async function listLeftovers(guests: Guests, host: Host, jugdir: string): Promise<Map<string, string[]>> {
  const folders = ["tmp", "workers", "segments", "states", "heads"];
  const script = folders.map((name) => `ls -A ${jugdir}/${name} | sed 's|^|${name} |'`).join("\n");
  const lines = (await guests.run(host, `${script}\nfind ${jugdir} -name '.nfs*' | sed 's|^|silly |'`)).split("\n");
  const names = (folder: string) =>
    lines.filter((line) => line.startsWith(`${folder} `)).map((line) => line.slice(folder.length + 1));
  const current = new Set(names("heads").map((name) => name.split(".").slice(2).join(".")));
  return new Map([
    ["tmp", names("tmp")],
    ["workers", names("workers")],
    ["segments", names("segments").filter((name) => /@\d+$/.test(name))],
    ["states", names("states").filter((name) => !current.has(name))],
    ["silly", names("silly")],
  ]);
}
