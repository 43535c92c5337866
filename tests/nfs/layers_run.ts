/**
 * Runs one jugfile on both hosts at once, and checks what must hold at the end, whatever happened during the run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Guests, type Host, HOSTS, type Outcome } from "./guests.ts";
import { type Incident, readTakeOvers, traceRepetitions } from "./incidents.ts";
import { callJug, type JugCall, jugScript, listLeftovers, type Permissions } from "./jug.ts";
import { type Mount, type MountName, mountOnHosts } from "./mounts.ts";
import { readRuns, type Run, runsByTask } from "./runs.ts";
import { report } from "./suite.ts";
import { until } from "./waiting.ts";

/** What is run, and how. */
export interface Plan {
  /** The name of the check in its figures. */
  readonly title: string;
  readonly mount: MountName;
  readonly layers: number;
  readonly width: number;
  readonly taskMs: number;
  /** The number of processes on each host. Default: 2. */
  readonly processes?: number;
  /** The hosts that run the jugfile. Default: both. */
  readonly hosts?: readonly Host[];
  /** Options of `jug execute`. */
  readonly options?: string;
  readonly permissions?: Permissions;
  /**
   * Whether results that were no longer needed are removed, so that another run is needed to have them all. Default:
   * false.
   */
  readonly takesAnother?: boolean;
  /** Called while the jugfile runs. Returns what it did to the run. */
  readonly meanwhile?: (scene: Scene) => Promise<readonly Incident[]>;
}

/** A run in progress. */
export interface Scene {
  readonly guests: Guests;
  /** Returns a call of jug on the jugfile that runs. */
  call(command: string, options?: string): JugCall;
  readonly jugdir: string;
  /** Returns the runs of tasks so far. */
  runs(): Run[];
  /** Waits until both hosts have run a few tasks. */
  bothAtWork(): Promise<void>;
  /** Waits until `count` runs of tasks have begun. */
  hasRun(count: number): Promise<void>;
}

interface Ended {
  readonly host: Host;
  readonly outcome: Outcome;
}

/** Executes the plan, and asserts what must hold at the end. */
export async function runLayers(guests: Guests, plan: Plan): Promise<void> {
  const { layers, width, taskMs, processes = 2, hosts = HOSTS, meanwhile } = plan;
  const mount = await mountOnHosts(guests, plan.mount);
  const scene = makeScene(guests, plan, mount);
  const execute = jugScript(scene.call("execute", plan.options));
  const running: Promise<Ended>[] = [];
  for (const host of hosts) {
    for (let i = 0; i < processes; i++) {
      const { end } = await guests.start(host, execute);
      running.push(end.then((outcome) => ({ host, outcome })));
    }
  }
  const incidents = await meanwhile?.(scene) ?? [];
  const ended = await Promise.all(running);
  if (plan.takesAnother) ended.push({ host: "b", outcome: await (await guests.start("b", execute)).end });
  const runs = scene.runs();
  const takeOvers = ended.flatMap(({ host, outcome }) => readTakeOvers(host, outcome.output));
  const { explained, unexplained } = traceRepetitions(runs, incidents, takeOvers);

  const tasks = runsByTask(runs).size;
  const span = Math.max(...runs.map((run) => run.end ?? run.begin)) - (runs[0]?.begin ?? 0);
  report(
    plan.title,
    mount.options,
    `${tasks} tasks of ${taskMs} ms in ${processes} processes on each of ${hosts.length} hosts`,
    `${runs.length} runs`,
    `twice: ${explained} explained, ${unexplained.length} not`,
    `${Math.round(span / tasks)} ms a task`,
  );
  for (const { host, outcome } of ended) assertEnd(host, outcome, incidents);
  assert.deepEqual(unexplained, [], "tasks that ran more than once without a reason");
  assert.equal(tasks, layers * width + 1, "every task ran");
  await assertAftermath(scene, plan, incidents, runs.length);
}

function makeScene(guests: Guests, plan: Plan, mount: Mount): Scene {
  const id = crypto.randomUUID().slice(0, 8);
  const notes = `${guests.shared.inGuest}/notes-${id}`;
  const notesHere = `${guests.shared.here}/notes-${id}`;
  Deno.mkdirSync(notesHere);
  const jugdir = `${mount.folder}/${id}`;
  const runs = () => readRuns(notesHere);
  return {
    guests,
    jugdir,
    runs,
    call: (command, options = "") => ({
      command,
      jugfile: "layers",
      jugdir,
      args: [plan.layers, plan.width, plan.taskMs, notes],
      options,
      ...(plan.permissions === undefined ? {} : { permissions: plan.permissions }),
    }),
    hasRun: (count) => until(`${count} runs have begun`, () => runs().length >= count),
    bothAtWork: () =>
      until("both hosts are at work", () => {
        const seen = Map.groupBy(runs(), (run) => run.host);
        return HOSTS.every((host) => (seen.get(host)?.length ?? 0) >= 8);
      }),
  };
}

function wasKilled(host: Host, incidents: readonly Incident[]): boolean {
  return incidents.some((incident) => incident.kind === "killed" && incident.host === host);
}

function assertEnd(host: Host, { status, output }: Outcome, incidents: readonly Incident[]): void {
  if (wasKilled(host, incidents)) {
    assert(status === 137 || status === "power cut", `${host} was killed, and ended with ${status}:\n${output}`);
    return;
  }
  assert.equal(status, 0, `on ${host}:\n${output}`);
  assert.doesNotMatch(output, /bug of jug|Stale file handle|damaged/i);
}

/** Checks the state after the run: nothing left to run, the right value, and no leftover files. */
async function assertAftermath(scene: Scene, plan: Plan, incidents: readonly Incident[], runs: number): Promise<void> {
  const { guests, jugdir } = scene;
  await guests.restore();
  await mountOnHosts(guests, plan.mount);
  // Both hosts at once: in a guest a process takes many seconds to start.
  await Promise.all(HOSTS.map(async (host) => {
    const again = await callJug(guests, host, scene.call("execute", plan.options));
    assert.equal(again.status, 0, `again on ${host}:\n${again.output}`);
    const value = await callJug(guests, host, scene.call("value total", "--quiet"));
    assert.equal(value.output.trim(), String(expectedTotal(plan.layers, plan.width)), `the value on ${host}`);
  }));
  assert.equal(scene.runs().length, runs, "finished tasks never run again");

  const left = await listLeftovers(guests, "b", jugdir);
  // Other hosts remove the files of a dead host only after ten leases, so these may still be there.
  const isOfDeadHost = (name: string) =>
    HOSTS.some((host) => wasKilled(host, incidents) && name.startsWith(`host-${host}-`));
  for (const [folder, names] of left) {
    assert.deepEqual(names.filter((name) => !isOfDeadHost(name)), [], `left in ${folder}`);
  }
}

/** Computes the value of `total` in plain code. */
export function expectedTotal(layers: number, width: number): number {
  const fold = (layer: number, place: number, above: readonly number[]) => {
    let sum = layer * 1009 + place * 17;
    for (const value of above) sum = sum * 31 + value;
    return sum % 1_000_003;
  };
  let row = Array.from({ length: width }, (_, place) => fold(0, place, []));
  for (let layer = 1; layer < layers; layer++) {
    const above = row;
    row = above.map((value, place) => fold(layer, place, [value, above[(place + 1) % width] ?? NaN]));
  }
  return fold(layers, 0, row);
}
