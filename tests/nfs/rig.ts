/**
 * Prepares what the guests run on, in a folder that is made once and reused: a Debian root, a kernel, this project and
 * Deno.
 *
 * @module
 */
import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** A rig that can be booted. */
export interface Rig {
  /** The rig's folder. */
  readonly work: string;
  /** The folder that the guests see as `/`. */
  readonly root: string;
}

/** A rig, or the reason why there is none. */
export type RigOutcome =
  | { readonly kind: "made"; readonly rig: Rig }
  | { readonly kind: "impossible"; readonly reason: string };

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
const GUEST = fileURLToPath(new URL("./guest", import.meta.url));
const JUGFILES = fileURLToPath(new URL("./jugfiles", import.meta.url));

/** Returns the folder of the rig: JUG_NFS_WORK, or a folder in the system's temporary folder. */
export function workFolder(): string {
  return Deno.env.get("JUG_NFS_WORK") ?? `${tmpdir()}/jug-nfs`;
}

/** Makes the rig unless it exists already. */
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

/**
 * Copies the project in its current state into the rig: this checkout, or the one in JUG_NFS_PROJECT, such as an old
 * commit.
 */
export async function copyProject({ work }: Rig): Promise<void> {
  const project = Deno.env.get("JUG_NFS_PROJECT") ?? CHECKOUT;
  const failure = await run(`${GUEST}/copy_project.sh`, work, project, JUGFILES, Deno.execPath());
  if (failure !== undefined) throw new Error(`the project cannot be brought into ${work}: ${failure}`);
}

/** Waits until no other test uses the rig, and locks it: one test uses a rig at a time. */
export async function takeTurn(work: string): Promise<Disposable> {
  const file = await Deno.open(`${work}/turn`, { create: true, write: true });
  await file.lock(true);
  return { [Symbol.dispose]: () => file.close() };
}

/** The folder in which a kernel of User-Mode Linux has its memory. */
const MEMORY_FOLDER = "/dev/shm";
const MEMORY_GIGABYTES = 3;

/** Returns the first obstacle that can be found at once, or `undefined`. */
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

/** Runs a script. Returns the last lines of its output if it failed, otherwise `undefined`. */
async function run(script: string, ...args: string[]): Promise<string | undefined> {
  const command = new Deno.Command("bash", { args: [script, ...args], env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return undefined;
  const decoder = new TextDecoder();
  const said = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.split("\n").filter((line) => /\S/.test(line));
  return said.slice(-5).join(" / ");
}
