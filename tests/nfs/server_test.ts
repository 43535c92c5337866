import assert from "node:assert/strict";
import type { Guests } from "./guests.ts";
import type { Incident } from "./incidents.ts";
import { callJug } from "./jug.ts";
import { runLayers, type Scene } from "./layers_run.ts";
import { openSuite } from "./suite.ts";
import { pause } from "./waiting.ts";

const OUTAGE_MS = 10_000;
/** How many segments are removed. */
const SEGMENTS = 4;

const suite = await openSuite();

for (const mount of ["v4.2", "v3"] as const) {
  suite.check(
    `the server is down for ten seconds, and then has its grace period, NFS ${mount}`,
    "full",
    (guests) =>
      runLayers(guests, {
        title: "server restarted",
        mount,
        layers: 8,
        width: 30,
        taskMs: 300,
        meanwhile: restartServer,
      }),
  );

  suite.check(
    `results are removed while another host reads, and removed files live on as .nfs…, NFS ${mount}`,
    "full",
    (guests) =>
      runLayers(guests, {
        title: "results removed",
        mount,
        layers: 8,
        width: 30,
        taskMs: 600,
        hosts: ["b"],
        takesAnother: true,
        meanwhile: removeResults,
      }),
  );
}

async function restartServer({ guests, bothAtWork }: Scene): Promise<Incident[]> {
  await bothAtWork();
  await guests.run("server", "rpc.nfsd 0");
  await pause(OUTAGE_MS);
  await guests.run("server", "rpc.nfsd 8");
  return [];
}

async function removeResults(scene: Scene): Promise<Incident[]> {
  const { guests, jugdir, hasRun } = scene;
  // Each of these leaves a segment with its results. They start together, and at the beginning: a process takes many
  // seconds to start in a guest, on a busy machine so long that the other host could be done before.
  const short = { ...scene.call("execute"), env: "JUG_MAX_TASKS=3" };
  for (
    const { status, output } of await Promise.all(Array.from({ length: SEGMENTS }, () => callJug(guests, "a", short)))
  ) {
    assert.equal(status, 0, output);
  }
  await hasRun(40);
  const letGo = await keepRemovedFiles(guests, jugdir);
  const from = Date.now();
  for (let round = 0; round < SEGMENTS; round++) {
    await guests.run("a", `find ${jugdir}/segments -name '*!*=' | head -1 | xargs rm`);
    await hasRun(40 + round * 10);
  }
  const until = Date.now();
  for (const command of ["status", "pack", "cleanup --keep-locks", "status"]) {
    const { status, output } = await callJug(guests, "a", scene.call(command));
    assert.equal(status, 0, `jug ${command}:\n${output}`);
  }
  await letGo();
  return [{ kind: "removed", from, until }];
}

/**
 * Makes host a keep one removed file in each folder of the jugdir. A client that removes a file which it has open
 * renames it to a name like .nfs00a1 until it is closed. Returns a function that closes the files.
 */
async function keepRemovedFiles(guests: Guests, jugdir: string): Promise<() => Promise<void>> {
  const over = `${guests.shared.inGuest}/over-${crypto.randomUUID().slice(0, 8)}`;
  const { end } = await guests.start(
    "a",
    `cd ${jugdir} && mkdir -p results
     for folder in . heads states segments results codes tmp workers; do
       exec {file}>$folder/removed && rm $folder/removed || exit
     done
     find . -name '.nfs*' | wc -l >${over}.count
     until [ -e ${over} ]; do sleep 0.2; done`,
  );
  return async () => {
    Deno.writeTextFileSync(over.replace(guests.shared.inGuest, guests.shared.here), "");
    const { status, output } = await end;
    assert.equal(status, 0, output);
    const count = Number(await guests.run("a", `cat ${over}.count`));
    assert(count >= 8, `${count} removed files were kept`);
  };
}
