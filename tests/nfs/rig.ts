/**
 * What the guests are made of, in a folder that is made once and used again: a Debian root, a kernel, this project and Deno.
 *
 * @module
 */
import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** A rig that can be booted. */
export interface Rig {
  /** Where it is. */
  readonly work: string;
  /** What the guests see as `/`. */
  readonly root: string;
}

/** A rig, or why there is none here. */
export type RigOutcome =
  | { readonly kind: "made"; readonly rig: Rig }
  | { readonly kind: "impossible"; readonly reason: string };

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
const GUEST = fileURLToPath(new URL("./guest", import.meta.url));
const JUGFILES = fileURLToPath(new URL("./jugfiles", import.meta.url));

/** The folder of the rig: JUG_NFS_WORK, or one in the system's folder for temporary files. */
export function workFolder(): string {
  return Deno.env.get("JUG_NFS_WORK") ?? `${tmpdir()}/jug-nfs`;
}

/** Makes the rig, if it is not there yet. */
export async function makeRig(): Promise<RigOutcome> {
  const obstacle = findObstacle();
  if (obstacle !== undefined) return { kind: "impossible", reason: obstacle };
  const work = workFolder();
  Deno.mkdirSync(work, { recursive: true, mode: 0o700 });
  if (Deno.statSync(work).uid !== 0) return { kind: "impossible", reason: `${work} is not root's` };
  using _turn = await takeTurn(work);
  const maker = `${GUEST}/make_root.sh`;
  const made = `${work}/made`;
  if (!existsSync(made) || Deno.readTextFileSync(made) !== Deno.readTextFileSync(maker)) {
    const failure = await run(maker, work);
    if (failure !== undefined) return { kind: "impossible", reason: `the packages cannot be had: ${failure}` };
  }
  return { kind: "made", rig: { work, root: `${work}/root` } };
}

/** Brings the project as it is now into the rig: this checkout, or the one that JUG_NFS_PROJECT names (an old commit, say). */
export async function copyProject({ work }: Rig): Promise<void> {
  const project = Deno.env.get("JUG_NFS_PROJECT") ?? CHECKOUT;
  const failure = await run(`${GUEST}/copy_project.sh`, work, project, JUGFILES, Deno.execPath());
  if (failure !== undefined) throw new Error(`the project cannot be brought into ${work}: ${failure}`);
}

/** One rig is used by one test at a time: waits until nobody else uses it. */
export async function takeTurn(work: string): Promise<Disposable> {
  const file = await Deno.open(`${work}/turn`, { create: true, write: true });
  await file.lock(true);
  return { [Symbol.dispose]: () => file.close() };
}

/** Where a kernel of User-Mode Linux has its memory. */
const MEMORY_FOLDER = "/dev/shm";
const MEMORY_GIGABYTES = 3;

/** What is known at once to stand in the way. */
function findObstacle(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return "not Linux on x86_64";
  if (Deno.uid() !== 0) return "not root";
  if (!existsSync("/usr/bin/apt-get") || !/^ID=debian$/m.test(Deno.readTextFileSync("/etc/os-release"))) {
    return "not Debian";
  }
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  if (bavail * bsize < MEMORY_GIGABYTES * 2 ** 30) return `less than ${MEMORY_GIGABYTES} GB free in ${MEMORY_FOLDER}`;
  return undefined;
}

/** Runs a script; answers the end of what it said if it failed. */
async function run(script: string, ...args: string[]): Promise<string | undefined> {
  const command = new Deno.Command("bash", { args: [script, ...args], env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return undefined;
  const decoder = new TextDecoder();
  const said = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.split("\n").filter((line) => /\S/.test(line));
  return said.slice(-5).join(" / ");
}
