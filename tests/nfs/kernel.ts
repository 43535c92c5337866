/**
 * The arguments of a guest's kernel: memory, root, disk and wires.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Rig } from "./rig.ts";
import type { Role } from "./guests.ts";

/** The lease of NFSv4, in seconds: short enough for a freeze to last longer. */
export const NFS_LEASE_SECONDS = 10;

const MEMORY: Readonly<Record<Role, string>> = { server: "512M", a: "2000M", b: "2000M" };

/** A tunnel between two guests: two UDP ports on this machine's loopback interface. */
export interface Wire {
  readonly server: number;
  readonly host: number;
}

/** Returns a wire of unused ports. */
export async function freeWire(): Promise<Wire> {
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

/** Whether a process uses one of this role's ports. */
export function holdsWires(role: Role, wires: readonly Wire[]): boolean {
  const bound = Deno.readTextFileSync("/proc/net/udp");
  return endsOf(role, wires).some(([from]) => bound.includes(`:${from.toString(16).toUpperCase().padStart(4, "0")} `));
}

/** Returns the ports of each wire that ends at this guest, its own port first. */
function endsOf(role: Role, wires: readonly Wire[]): (readonly [from: number, to: number])[] {
  if (role === "server") return wires.map(({ server, host }) => [server, host]);
  return wires.slice(role === "a" ? 0 : 1).slice(0, 1).map(({ server, host }) => [host, server]);
}

/** Returns the file that is the disk of a guest. The server's is exported; that of host a is for checks of a local disk. */
export function diskOf({ work }: Rig, role: "server" | "a"): string {
  return `${work}/${role}.img`;
}

/** Returns the arguments of the kernel of `role`. `runs` is the folder in which the guest finds its scripts. */
export function kernelArguments(rig: Rig, role: Role, wires: readonly Wire[], runs: string): string[] {
  const devices = endsOf(role, wires).map(([from, to], index) =>
    `vec${index}:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=${from},dstport=${to},depth=64,` +
    `rx_session=${from},tx_session=${to}`
  );
  return [
    `mem=${MEMORY[role]}`,
    ...(role === "b" ? [] : [`ubd0=${diskOf(rig, role)}`]),
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
