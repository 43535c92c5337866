/**
 * Three User-Mode Linux guests: a file server and the hosts a and b, each with a wire of its own to the server. A guest is
 * a process of this machine, so a host can be stopped, or lose its power, by a signal.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { freeWire, holdsWires, kernelArguments, type Wire } from "./kernel.ts";
import { copyProject, type Rig, takeTurn } from "./rig.ts";
import { LIMIT_MS, until } from "./waiting.ts";

/** A machine on which jug runs. */
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
  /** Where they leave what a test looks at, in their eyes and in the test's. */
  readonly shared: { readonly inGuest: string; readonly here: string };
  /** Starts a bash script; the inner promise is of its end. */
  start(role: Role, script: string): Promise<{ readonly end: Promise<Outcome> }>;
  /** Runs a bash script that must succeed; answers what it printed. */
  run(role: Role, script: string): Promise<string>;
  /** Stops a whole guest, as if its machine were suspended. */
  freeze(role: Role): void;
  /** Lets it go on. */
  thaw(role: Role): void;
  /** Ends a guest without a word. */
  cutPower(role: Role): Promise<void>;
  /** Starts again what has no power, and lets go on what is frozen. */
  restore(): Promise<void>;
}

// The guest belongs to a shell that ends it when the test's end of the pipe closes: so no guest outlives its test, however
// that ends. It says the number of the kernel's process, which makes itself the leader of a group with all its guest's.
const KEEPER = `"$@" </dev/null >"$LOG" 2>&1 &
echo $!
cat >/dev/null
kill -KILL -- -$! $!`;

interface Guest {
  readonly keeper: Deno.ChildProcess;
  readonly kernel: number;
  /** Where its scripts lie. */
  readonly scripts: string;
  count: number;
  /** Whether its keeper lives. */
  isKept: boolean;
}

/** A guest ends with its keeper, or by itself if its kernel panics. */
function isOn({ isKept, kernel }: Guest): boolean {
  return isKept && existsSync(`/proc/${kernel}`);
}

/** Boots all three, with the project as it is now. */
export async function bootGuests(rig: Rig): Promise<Guests> {
  await using owned = new AsyncDisposableStack();
  owned.use(await takeTurn(rig.work));
  await copyProject(rig);
  const id = crypto.randomUUID().slice(0, 8);
  // What the last test left was good for a look at what went wrong.
  for (const { name } of Deno.readDirSync(`${rig.root}/runs`)) {
    Deno.removeSync(`${rig.root}/runs/${name}`, { recursive: true });
  }
  const shared = { inGuest: `/runs/${id}`, here: `${rig.root}/runs/${id}` };
  Deno.mkdirSync(shared.here);
  Deno.createSync(`${rig.work}/server.img`).close();
  Deno.truncateSync(`${rig.work}/server.img`, 2 ** 31);
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
    // The kernel traces the processes of its guest, which are left alone: a stop of theirs would be for it to handle.
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
