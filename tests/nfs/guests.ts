/**
 * Three User-Mode Linux guests: a file server and the hosts a and b, each connected to the server by its own wire. A
 * guest is a process of this machine, so a signal can stop a host or cut its power.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { diskOf, freeWire, holdsWires, kernelArguments, type Wire } from "./kernel.ts";
import { copyProject, type Rig, takeTurn } from "./rig.ts";
import { LIMIT_MS, until } from "./waiting.ts";

/** A guest that runs jug. */
export type Host = "a" | "b";
/** A guest. */
export type Role = "server" | Host;

/** Both hosts. */
export const HOSTS: readonly Host[] = ["a", "b"];

/** How a script ended. */
export interface Outcome {
  /** Its exit status, or that its host lost power. */
  readonly status: number | "power cut";
  /** What it printed. */
  readonly output: string;
}

/** The guests of a rig. */
export interface Guests extends AsyncDisposable {
  /** The folder for files that a test reads: its path in the guests and its path here. */
  readonly shared: { readonly inGuest: string; readonly here: string };
  /** Starts a bash script. `end` resolves when the script ends. */
  start(role: Role, script: string): Promise<{ readonly end: Promise<Outcome> }>;
  /** Runs a bash script and returns its output. Throws if the script fails. */
  run(role: Role, script: string): Promise<string>;
  /** Freezes a whole guest, as if its machine were suspended. */
  freeze(role: Role): void;
  /** Resumes a frozen guest. */
  thaw(role: Role): void;
  /** Ends a guest without warning. */
  cutPower(role: Role): Promise<void>;
  /** Restarts guests without power and resumes frozen ones. */
  restore(): Promise<void>;
}

// The parent of a guest is a shell that kills it when the test's end of the pipe closes. So no guest outlives its test,
// however the test ends. The shell prints the process id of the kernel, which leads the process group of its guest.
const KEEPER = `"$@" </dev/null >"$LOG" 2>&1 &
echo $!
cat >/dev/null
kill -KILL -- -$! $!`;

interface Guest {
  readonly keeper: Deno.ChildProcess;
  readonly kernel: number;
  /** The folder of its scripts. */
  readonly scripts: string;
  count: number;
  /** Whether its keeper is still running. */
  isKept: boolean;
}

/** Whether a guest is running. It ends with its keeper, or by itself if its kernel panics. */
function isOn({ isKept, kernel }: Guest): boolean {
  return isKept && existsSync(`/proc/${kernel}`);
}

/** Boots all three guests, with a copy of the project in its current state. */
export async function bootGuests(rig: Rig): Promise<Guests> {
  await using owned = new AsyncDisposableStack();
  owned.use(await takeTurn(rig.work));
  await copyProject(rig);
  const id = crypto.randomUUID().slice(0, 8);
  // Remove the files of the previous test. They were kept for debugging.
  for (const { name } of Deno.readDirSync(`${rig.root}/runs`)) {
    Deno.removeSync(`${rig.root}/runs/${name}`, { recursive: true });
  }
  const shared = { inGuest: `/runs/${id}`, here: `${rig.root}/runs/${id}` };
  Deno.mkdirSync(shared.here);
  for (const role of ["server", "a"] as const) {
    const disk = diskOf(rig, role);
    Deno.createSync(disk).close();
    Deno.truncateSync(disk, 2 ** 31);
  }
  const wires: readonly Wire[] = [await freeWire(), await freeWire()];
  const guests = new Map<Role, Guest>();
  let boots = 0;

  async function boot(role: Role): Promise<void> {
    const name = `${role}-${boots++}`;
    const scripts = `${shared.here}/${name}`;
    Deno.mkdirSync(scripts);
    const args = kernelArguments(rig, role, wires, `${shared.inGuest}/${name}`);
    const keeper = new Deno.Command("setsid", {
      args: ["nice", "bash", "-c", KEEPER, "keeper", `${rig.work}/linux`, ...args],
      env: { LOG: `${scripts}.log` },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const { value } = await keeper.stdout.getReader().read();
    const guest: Guest = { keeper, kernel: Number(new TextDecoder().decode(value)), scripts, count: 0, isKept: true };
    void keeper.status.then(() => guest.isKept = false);
    guests.set(role, guest);
    await until(`${role} boots`, () => existsSync(`${scripts}/ready`) || !isOn(guest));
    if (!existsSync(`${scripts}/ready`)) throw new Error(`${role} does not boot: see ${scripts}.log`);
  }

  function guestOf(role: Role): Guest {
    const guest = guests.get(role);
    if (guest === undefined) throw new Error(`${role} was never booted`);
    return guest;
  }

  async function cutPower(role: Role): Promise<void> {
    const { keeper, isKept } = guestOf(role);
    if (!isKept) return;
    await keeper.stdin.close();
    await keeper.status;
    await until(`the wires of ${role} are free`, () => !holdsWires(role, wires));
  }

  const all: Guests = {
    shared,
    start: (role, script) => startScript(guestOf(role), script),
    async run(role, script) {
      const { end } = await startScript(guestOf(role), script);
      const { status, output } = await end;
      if (status !== 0) throw new Error(`on ${role}, ${status}: ${script}\n${output}`);
      return output.trim();
    },
    // Signal only the kernel. Processes of the guest are traced by it, so a stop of theirs would be reported to it.
    freeze: (role) => Deno.kill(guestOf(role).kernel, "SIGSTOP"),
    thaw: (role) => Deno.kill(guestOf(role).kernel, "SIGCONT"),
    cutPower,
    async restore() {
      for (const [role, guest] of guests) {
        if (isOn(guest)) all.thaw(role);
        else {
          await cutPower(role);
          await boot(role);
        }
      }
    },
    [Symbol.asyncDispose]: () => halt.disposeAsync(),
  };
  owned.defer(async () => {
    for (const role of guests.keys()) await cutPower(role);
  });
  await Promise.all([boot("server"), boot("a"), boot("b")]);
  const halt = owned.move();
  return all;
}

async function startScript(guest: Guest, script: string): Promise<{ end: Promise<Outcome> }> {
  const path = `${guest.scripts}/${++guest.count}`;
  await Deno.writeTextFile(`${path}.new`, script);
  await Deno.rename(`${path}.new`, `${path}.sh`);
  const end = async (): Promise<Outcome> => {
    await until(`the end of ${script}`, () => existsSync(`${path}.status`) || !isOn(guest), 3 * LIMIT_MS);
    const output = existsSync(`${path}.out`) ? await Deno.readTextFile(`${path}.out`) : "";
    const status = existsSync(`${path}.status`) ? Number(await Deno.readTextFile(`${path}.status`)) : "power cut";
    return { status, output };
  };
  return { end: end() };
}
