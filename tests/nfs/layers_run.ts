/**
 * One jugfile run by both hosts at once, with what must be true at its end, whatever happened meanwhile.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Guests, type Host, HOSTS, type Outcome } from "./guests.ts";
import { type Incident, readTakeOvers, traceRepetitions } from "./incidents.ts";
import { callJug, type JugCall, jugScript, listJugdir, type Permissions } from "./jug.ts";
import { type Mount, type MountName, mountOnHosts } from "./mounts.ts";
import { readRuns, type Run, runsByTask } from "./runs.ts";
import { report } from "./suite.ts";
import { until } from "./waiting.ts";

/** What is run. */
export interface Plan {
  /** Names the check in its figures. */
  readonly title: string;
  readonly mount: MountName;
  readonly layers: number;
  readonly width: number;
  readonly taskMs: number;
  /** How many processes each host runs. Default: 2. */
  readonly processes?: number;
  /** Default: both. */
  readonly hosts?: readonly Host[];
  /** Options of `jug execute`. */
  readonly options?: string;
  readonly permissions?: Permissions;
  /** Whether results were removed that nobody needed any more, so that it takes another run to have them all. Default: no. */
  readonly takesAnother?: boolean;
  /** What is done while it runs. */
  readonly meanwhile?: (scene: Scene) => Promise<readonly Incident[]>;
}

/** A run that is under way. */
export interface Scene {
  readonly guests: Guests;
  /** A call of jug on what is run. */
  call(command: string, options?: string): JugCall;
  readonly jugdir: string;
  /** What has run so far. */
  runs(): Run[];
  /** Waits until both hosts have run a few tasks. */
  bothAtWork(): Promise<void>;
  /** Waits until so many tasks have been begun. */
  hasRun(count: number): Promise<void>;
}

interface Ended {
  readonly host: Host;
  readonly outcome: Outcome;
}

/** Runs it, and asserts what must be true. */
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
  assert.deepEqual(unexplained, [], "tasks that ran more than once for no reason");
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

/** What is left is right: nothing to run, the right value, and no leftovers. */
async function assertAftermath(scene: Scene, plan: Plan, incidents: readonly Incident[], runs: number): Promise<void> {
  const { guests, jugdir } = scene;
  await guests.restore();
  await mountOnHosts(guests, plan.mount);
  for (const host of HOSTS) {
    const again = await callJug(guests, host, scene.call("execute", plan.options));
    assert.equal(again.status, 0, `again on ${host}:\n${again.output}`);
    const value = await callJug(guests, host, scene.call("value total", "--quiet"));
    assert.equal(value.output.trim(), String(expectedTotal(plan.layers, plan.width)), `the value on ${host}`);
  }
  assert.equal(scene.runs().length, runs, "what is finished never runs again");

  const left = await listJugdir(guests, "b", jugdir);
  // What a dead host left is not for others to judge: only its own next processes would know that it is dead.
  const isOfDeadHost = (name: string) =>
    HOSTS.some((host) => wasKilled(host, incidents) && name.startsWith(`host-${host}-`));
  for (const [folder, names] of left) {
    assert.deepEqual(names.filter((name) => !isOfDeadHost(name)), [], `left in ${folder}`);
  }
}

/** What plain code computes. */
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
