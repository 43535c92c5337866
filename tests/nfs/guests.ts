/**
 * Three User-Mode Linux guests: a file server and the hosts a and b, each with a wire of its own to the server. A guest is
 * a process of this machine, so a host can be stopped, or lose its power, by a signal.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { type Rig, takeTurn } from "./rig.ts";
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

/** The lease of NFSv4, in seconds: as short as a freeze can outlast. */
export const NFS_LEASE_SECONDS = 10;

const MEMORY: Readonly<Record<Role, string>> = { server: "512M", a: "2000M", b: "2000M" };

// The guest belongs to a shell that ends it, with all its processes, when the test's end of the pipe closes: so no guest
// outlives its test, however that ends. What it says first is the number of the kernel's process.
const KEEPER = `"$@" </dev/null >"$LOG" 2>&1 &
echo $!
cat >/dev/null
kill -KILL -- -$$`;

interface Guest {
  readonly keeper: Deno.ChildProcess;
  readonly kernel: number;
  /** Where its scripts lie. */
  readonly scripts: string;
  count: number;
  isOn: boolean;
}

/** Boots all three. */
export async function bootGuests(rig: Rig): Promise<Guests> {
  const turn = await takeTurn(rig.work);
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
    const guest: Guest = { keeper, kernel: Number(new TextDecoder().decode(value)), scripts, count: 0, isOn: true };
    void keeper.status.then(() => guest.isOn = false);
    guests.set(role, guest);
    const isReady = () => existsSync(`${scripts}/ready`) || !guest.isOn || !existsSync(`/proc/${guest.kernel}`);
    await until(`${role} boots`, isReady);
    if (!existsSync(`${scripts}/ready`)) throw new Error(`${role} does not boot: see ${scripts}.log`);
  }

  function guestOf(role: Role): Guest {
    const guest = guests.get(role);
    if (guest === undefined) throw new Error(`${role} was never booted`);
    return guest;
  }

  async function cutPower(role: Role): Promise<void> {
    const { keeper, isOn } = guestOf(role);
    if (!isOn) return;
    Deno.kill(-keeper.pid, "SIGKILL");
    await keeper.status;
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
        if (guest.isOn) all.thaw(role);
        else await boot(role);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const role of guests.keys()) await cutPower(role);
      turn[Symbol.dispose]();
    },
  };
  try {
    await Promise.all([boot("server"), boot("a"), boot("b")]);
  } catch (error) {
    await all[Symbol.asyncDispose]();
    throw error;
  }
  return all;
}

async function startScript(guest: Guest, script: string): Promise<{ end: Promise<Outcome> }> {
  const path = `${guest.scripts}/${++guest.count}`;
  await Deno.writeTextFile(`${path}.new`, script);
  await Deno.rename(`${path}.new`, `${path}.sh`);
  const end = async (): Promise<Outcome> => {
    await until(`the end of ${script}`, () => existsSync(`${path}.status`) || !guest.isOn, 3 * LIMIT_MS);
    const output = existsSync(`${path}.out`) ? await Deno.readTextFile(`${path}.out`) : "";
    const status = existsSync(`${path}.status`) ? Number(await Deno.readTextFile(`${path}.status`)) : "power cut";
    return { status, output };
  };
  return { end: end() };
}

/** Two UDP ports of this machine's loopback: a tunnel between two guests. */
interface Wire {
  readonly server: number;
  readonly host: number;
}

async function freeWire(): Promise<Wire> {
  const sockets = [createSocket("udp4"), createSocket("udp4")];
  const ports: number[] = [];
  for (const socket of sockets) {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    ports.push(socket.address().port);
  }
  for (const socket of sockets) socket.close();
  const [server = 0, host = 0] = ports;
  return { server, host };
}

function kernelArguments(rig: Rig, role: Role, wires: readonly Wire[], runs: string): string[] {
  const ends = wires.map(({ server, host }) => role === "server" ? [server, host] : [host, server]);
  const mine = role === "server" ? ends : ends.slice(role === "a" ? 0 : 1).slice(0, 1);
  const devices = mine.map(([from, to], index) =>
    `vec${index}:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=${from},dstport=${to},depth=64,` +
    `rx_session=${from},tx_session=${to}`
  );
  return [
    `mem=${MEMORY[role]}`,
    ...(role === "server" ? [`ubd0=${rig.work}/server.img`] : []),
    "root=/dev/root",
    "rootfstype=hostfs",
    `rootflags=${rig.root}`,
    "rw",
    "init=/init.sh",
    `role=${role}`,
    `runs=${runs}`,
    `lease=${NFS_LEASE_SECONDS}`,
    ...devices,
    "con=null",
    "con0=null,fd:1",
    "ssl=null",
    `umid=${role}`,
    `uml_dir=${rig.work}/umid/`,
    "panic=1",
  ];
}
