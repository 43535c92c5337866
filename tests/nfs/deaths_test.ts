import type { Guests } from "./guests.ts";
import type { Incident } from "./incidents.ts";
import { runLayers, type Scene } from "./layers_run.ts";
import { NFS_LEASE_SECONDS } from "./kernel.ts";
import { underWay } from "./runs.ts";
import { openSuite } from "./suite.ts";
import { pause, until as untilTrue } from "./waiting.ts";

/** Short leases, so that a check need not wait long for leases of dead owners to end. */
const PLAN = { layers: 8, width: 20, taskMs: 300, options: "--lease 5" } as const;
/** Long enough for the server to forget a client, and for the other host to check its files meanwhile. */
const FREEZE_MS = 3 * NFS_LEASE_SECONDS * 1000;

const suite = await openSuite();

for (const mount of ["v4.2", "v3"] as const) {
  suite.check(
    `when a host loses power, the other runs the tasks that it had claimed, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...PLAN, title: "power cut", mount, meanwhile: cutPower }),
  );

  suite.check(
    `when all processes of a host are killed, the other runs the tasks that they had claimed, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...PLAN, title: "kill -9", mount, meanwhile: killAll }),
  );

  suite.check(
    `processes that were stopped for longer than their lease continue, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...PLAN, title: "stopped processes", mount, meanwhile: stopAll }),
  );

  suite.check(
    `a host that was frozen for longer than its leases continues and is alive again, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...PLAN, title: "frozen host", mount, layers: 20, meanwhile: freeze }),
  );
}

async function cutPower({ guests, bothAtWork }: Scene): Promise<Incident[]> {
  await bothAtWork();
  const from = Date.now();
  await guests.cutPower("a");
  return [{ kind: "killed", host: "a", from, until: Date.now() }];
}

async function killAll({ guests, bothAtWork }: Scene): Promise<Incident[]> {
  await bothAtWork();
  const from = await signalAll(guests, "KILL");
  return [{ kind: "killed", host: "a", from, until: from }];
}

/**
 * Sends a signal to all processes of host a. Returns when that was, in milliseconds since 1970, as the guest tells it: on
 * a busy machine, the script may begin seconds after it was asked for, and tasks run in between.
 */
async function signalAll(guests: Guests, signal: "KILL" | "STOP" | "CONT"): Promise<number> {
  return Number(await guests.run("a", `pkill -${signal} -x deno && date +%s%3N`));
}

async function stopAll(scene: Scene): Promise<Incident[]> {
  const { guests, bothAtWork } = scene;
  await bothAtWork();
  const from = await signalAll(guests, "STOP");
  await otherTookOver(scene);
  const until = await signalAll(guests, "CONT");
  await isAtWorkAgain(scene, until);
  return [{ kind: "stopped", host: "a", from, until }];
}

async function freeze(scene: Scene): Promise<Incident[]> {
  const { guests, bothAtWork } = scene;
  await bothAtWork();
  const from = Date.now();
  guests.freeze("a");
  await Promise.all([otherTookOver(scene), pause(FREEZE_MS)]);
  guests.thaw("a");
  const until = Date.now();
  await isAtWorkAgain(scene, until);
  return [{ kind: "frozen", host: "a", from, until }];
}

/** Waits until host b has begun all tasks that a was running. */
async function otherTookOver({ runs }: Scene): Promise<void> {
  await untilTrue("b takes over what a has begun", () => {
    const all = runs();
    const byB = new Set(all.filter((run) => run.host === "b").map((run) => run.task));
    return underWay(all, "a").every((run) => byB.has(run.task));
  });
}

async function isAtWorkAgain({ runs }: Scene, since: number): Promise<void> {
  await untilTrue("a begins new tasks", () => runs().some((run) => run.host === "a" && run.begin > since));
}
