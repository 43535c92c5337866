/**
 * Generates the plan of a seed.
 *
 * @module
 */
import { seededRandom } from "../../support/campaign/seeded_random.ts";
import type { Role } from "../threads/life.ts";
import { between, chance, pick, type Random } from "./dice.ts";
import { type Frame, randomFrame, randomHost, randomMount, randomStrategy } from "./frame.ts";
import { randomEvents } from "./random_events.ts";
import type { EventPlan, Plan, ProcessPlan } from "./plan.ts";

/** A host that no process uses before the end, so that its caches are empty. */
const FRESH = "z";
/** Longer than a server waits before it gives up a silent host. */
const FREEZE_MS = 100_000;

type WorkerRole = Extract<Role, { kind: "worker" }>;

function worker({ random, idleMs, tasks, scenario }: Frame, thread: number): WorkerRole {
  const isRush = scenario === "stale locks" && chance(random, 0.6);
  return {
    kind: "worker",
    thread,
    tasks,
    batch: isRush ? tasks.length : between(random, 1, 3),
    inOrder: isRush,
    idleMs,
    failing: scenario === "woken" ? 0.5 : chance(random, 0.2) ? 0.2 : 0,
    listening: chance(random, 0.1) ? 0.2 : 0,
    holdMs: 0,
  };
}

function claiming(frame: Frame, id: string, host: string, startMs: number): ProcessPlan {
  const { random, leaseMs, scenario } = frame;
  // A process that was frozen stays, so that the checks see it continue.
  const stayMs = scenario === "frozen" ? FREEZE_MS + 4 * leaseMs : 0;
  const members: Role[] = [{ kind: "keeper", stayMs }, worker(frame, 1)];
  if (chance(random, 0.2)) members.push(worker(frame, 2));
  return { id, host, leaseMs, startMs, stage: 0, members };
}

function processes(frame: Frame, startMs: number): ProcessPlan[] {
  const { random, hosts } = frame;
  const count = between(random, 2, 4);
  return Array.from(
    { length: count },
    (_, index) => claiming(frame, `p${index + 1}`, hosts[index % hosts.length] ?? hosts[0], startMs + random() * 50),
  );
}

function visitor(frame: Frame, id: string, role: Role, stage = 0): ProcessPlan {
  const host = pick(frame.random, frame.hosts);
  return { id, host, leaseMs: frame.leaseMs, startMs: frame.random() * 100, stage, members: [role] };
}

/** Returns a process that claims all tasks as soon as it can. */
function holder(frame: Frame, id: string, role: Partial<WorkerRole>): ProcessPlan {
  const { random, hosts, leaseMs, tasks } = frame;
  const members: Role[] = [{ kind: "keeper", stayMs: 0 }, { ...worker(frame, 1), batch: tasks.length, ...role }];
  return { id, host: pick(random, hosts), leaseMs, startMs: 0, stage: 0, members };
}

/** Returns a process that is killed while it holds all locks, and processes that attack these locks. */
function staleLocks(frame: Frame): { processes: ProcessPlan[]; events: EventPlan[] } {
  const { tasks } = frame;
  const free = tasks.map((task) => ({ ...task, needs: [] }));
  const victim = holder({ ...frame, tasks: free }, "victim", { holdMs: 1e7 });
  const trigger = { kind: "operation", operation: "rename", folder: "heads", nth: 1, when: "after" } as const;
  return {
    processes: [victim, ...processes({ ...frame, tasks: free }, 30)],
    events: [
      { process: "victim", trigger, happening: { kind: "kill" } },
      // If others claimed all tasks first, the process never claims any.
      { process: "victim", trigger: { kind: "count", nth: 200 }, happening: { kind: "kill" } },
    ],
  };
}

/** Returns processes that run after all others have ended, so that nothing is left to do and nothing is left behind. */
function janitors(frame: Frame): ProcessPlan[] {
  const { leaseMs, hosts, tasks } = frame;
  const stay = { kind: "keeper", stayMs: leaseMs * 2.5 } as const;
  const plans = hosts.map((host, index): ProcessPlan => ({
    id: `last-${host}`,
    host,
    leaseMs,
    startMs: 0,
    stage: 1 + index,
    members: [stay, { ...worker(frame, 1), failing: 0 }],
  }));
  const looker: Role = { kind: "looker", hashes: tasks.map(({ hash }) => hash), rounds: 1, everyMs: 0 };
  plans.push({ ...visitor(frame, "last-look", looker, 20), host: frame.isLocal ? hosts[0] : FRESH });
  return plans;
}

/** Returns what kills a packer between two steps of a merge. */
function deathOf(process: string, random: Random): EventPlan {
  const operation = pick(random, ["remove", "remove", "rename"]);
  const when = chance(random, 0.5) ? "before" : "after";
  const trigger = { kind: "operation", operation, folder: "segments", nth: between(random, 1, 4), when } as const;
  return { process, trigger, happening: { kind: "kill" } };
}

function visitors(frame: Frame): { processes: ProcessPlan[]; events: EventPlan[] } {
  const { random, tasks, leaseMs, scenario } = frame;
  const hashes = tasks.map(({ hash }) => hash);
  const longest = Math.max(...tasks.map(({ runMs }) => runMs)) * 2 + 200;
  const plans: ProcessPlan[] = [];
  const events: EventPlan[] = [];
  if (chance(random, 0.2)) {
    plans.push(visitor(frame, "look", { kind: "looker", hashes, rounds: 3, everyMs: random() * leaseMs }));
  }
  if (scenario.includes("pack")) {
    // Sees what a packer does.
    plans.push(visitor(frame, "reader", { kind: "looker", hashes, rounds: 10, everyMs: random() * longest / 5 }));
  }
  const packAt = random() * longest;
  if (scenario.includes("remove")) {
    // If there is a packer: while it copies.
    const atMs = scenario.includes("pack") ? packAt + random() * 20 : random() * longest;
    plans.push(visitor(frame, "remove", { kind: "remover", hashes, atMs, rounds: 2, everyMs: random() * longest }));
  }
  if (scenario.includes("pack")) {
    // Start all visitors at once, so that the times above are comparable.
    for (const [index, plan] of plans.entries()) plans[index] = { ...plan, startMs: 0 };
    const packers = chance(random, 0.7) ? ["pack", "pack-too"] : ["pack"];
    for (const id of packers) {
      const atMs = packAt + random() * 2;
      const role: Role = { kind: "packer", atMs, rounds: 2, everyMs: random() * longest };
      plans.push({ ...visitor(frame, id, role), startMs: 0 });
      if (chance(random, 0.3)) events.push(deathOf(id, random));
    }
  }
  return { processes: plans, events };
}

/**
 * Returns a process that is stopped after it claimed tasks, and thieves that are stopped between the two steps of seizing
 * its segment. It continues in between, and commits to the segment.
 */
function slowThieves(frame: Frame): { processes: ProcessPlan[]; events: EventPlan[] } {
  const { random, leaseMs } = frame;
  const tasks = frame.tasks.map((task) => ({ ...task, needs: [], runMs: Math.min(task.runMs, leaseMs / 4) }));
  const owner = holder({ ...frame, tasks }, "owner", { failing: 0 });
  const thieves = processes({ ...frame, tasks }, 30);
  const claimed = { kind: "operation", operation: "rename", folder: "heads", nth: 2, when: "after" } as const;
  const seizing = { kind: "operation", operation: "seize", folder: "segments", nth: 1, when: "before" } as const;
  return {
    processes: [owner, ...thieves],
    events: [
      { process: "owner", trigger: claimed, happening: { kind: "stop", ms: leaseMs * (1.1 + random() / 2) } },
      ...thieves.map(({ id }): EventPlan => ({
        process: id,
        trigger: seizing,
        happening: { kind: "stop", ms: leaseMs * (0.2 + random()) },
      })),
    ],
  };
}

/** Returns the processes and events that are specific to a scenario. */
function plot(frame: Frame): { processes: ProcessPlan[]; events: EventPlan[] } {
  const { random, leaseMs } = frame;
  if (frame.scenario === "stale locks") return staleLocks(frame);
  const plans = processes(frame, 0);
  const process = plans[between(random, 0, plans.length - 1)]?.id ?? "";
  const trigger = { kind: "count", nth: between(random, 20, 120) } as const;
  switch (frame.scenario) {
    case "woken": {
      if (chance(random, 0.5)) return slowThieves(frame);
      const ms = leaseMs * (1.1 + random());
      return { processes: plans, events: [{ process, trigger, happening: { kind: "stop", ms } }] };
    }
    case "frozen": {
      const happening = chance(random, 0.5)
        ? { kind: "freeze", ms: FREEZE_MS, clockRuns: chance(random, 0.5) } as const
        : { kind: "cut off", ms: FREEZE_MS } as const;
      return { processes: plans, events: [{ process, trigger, happening }] };
    }
    default:
      return { processes: plans, events: [] };
  }
}

/** Returns the plan of a seed. */
export function planOf(seed: number): Plan {
  const random = seededRandom(seed);
  // The first random numbers of nearby seeds are similar, so skip them.
  for (let i = 0; i < 8; i++) random();
  const mount = randomMount(random);
  const isLocal = mount.kind === "local";
  const frame = randomFrame(random, isLocal);
  const { processes: main, events } = plot(frame);
  const guests = visitors(frame);
  const all = [...main, ...guests.processes];
  return {
    seed,
    scenario: frame.scenario,
    mount,
    hosts: [...frame.hosts, ...isLocal ? [] : [FRESH]].map((name) => randomHost(random, name)),
    tasks: frame.tasks.map(({ hash }) => hash),
    processes: [...all, ...janitors(frame)],
    events: [
      ...events,
      ...guests.events,
      ...randomEvents(random, all.map(({ id }) => id), { leaseMs: frame.leaseMs, isLocal }),
    ],
    strategy: randomStrategy(random),
    scheduleSeed: Math.floor(random() * 2 ** 31),
    restMs: pick(random, [0, 1_000, 61_000]),
  };
}
