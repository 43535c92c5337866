import assert from "node:assert/strict";
import type { Incident } from "./incidents.ts";
import { callJug } from "./jug.ts";
import { runLayers, type Scene } from "./layers_run.ts";
import { openSuite } from "./suite.ts";

const suite = await openSuite();

for (const mount of ["v4.2", "v3"] as const) {
  suite.check(
    `status, pack, invalidate and cleanup on one host while the other runs tasks, NFS ${mount}`,
    "full",
    (guests) =>
      runLayers(guests, {
        title: "commands from the other host",
        mount,
        layers: 8,
        width: 30,
        taskMs: 200,
        hosts: ["a"],
        takesAnother: true,
        meanwhile: callCommands,
      }),
  );

  suite.check(
    `results are packed while both hosts run tasks, NFS ${mount}`,
    "full",
    (guests) =>
      runLayers(guests, { title: "packing", mount, layers: 12, width: 30, taskMs: 800, meanwhile: packTwice }),
  );
}

async function callOn(scene: Scene, command: string, options?: string, env = ""): Promise<string> {
  const { status, output } = await callJug(scene.guests, "b", { ...scene.call(command, options), env });
  assert.equal(status, 0, `jug ${command}:\n${output}`);
  return output;
}

async function callCommands(scene: Scene): Promise<Incident[]> {
  const incidents: Incident[] = [];
  await scene.hasRun(25);
  await callOn(scene, "status");
  await callOn(scene, "pack");
  await callOn(scene, "status");
  const removed = Date.now();
  await callOn(scene, "invalidate", "--target node");
  incidents.push({ kind: "removed", from: removed, until: Date.now() });
  await callOn(scene, "pack");
  await callOn(scene, "cleanup", "--keep-locks");
  const unlocked = Date.now();
  await callOn(scene, "cleanup");
  incidents.push({ kind: "unlocked", from: unlocked, until: Date.now() });
  await callOn(scene, "status");
  return incidents;
}

/**
 * Packs twice while both hosts run tasks, each time after processes have left segments behind. The second time rewrites
 * what the first has merged, while both hosts read from it.
 */
async function packTwice(scene: Scene): Promise<Incident[]> {
  await scene.hasRun(40);
  const leaveSegment = () => callOn(scene, "execute", "", "JUG_MAX_TASKS=5");
  await Promise.all([leaveSegment(), leaveSegment()]);
  assert.match(await callOn(scene, "pack"), /Merged [1-9]\d* files/);
  await leaveSegment();
  assert.match(await callOn(scene, "pack"), /Merged [1-9]\d* files/);
  return [];
}
