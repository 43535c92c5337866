/**
 * The part of a plan that a seed determines before the processes: mount, hosts, tasks, times.
 *
 * @module
 */
import { LOCAL, type MountOptions, NFS3, NFS4 } from "../file_system/mount_options.ts";
import type { SimulatedTask } from "../threads/life.ts";
import { between, chance, pick, type Random } from "./dice.ts";
import type { HostPlan, Strategy } from "./plan.ts";

const SCENARIOS = [
  "graph",
  "graph",
  "stale locks",
  "stale locks",
  "woken",
  "frozen",
  "pack",
  "remove",
  "pack and remove",
] as const;
type Scenario = typeof SCENARIOS[number];

/** What the processes of a scenario are built from. */
export interface Frame {
  readonly random: Random;
  readonly scenario: Scenario;
  readonly leaseMs: number;
  readonly idleMs: number;
  readonly hosts: readonly [string, ...string[]];
  readonly tasks: readonly SimulatedTask[];
  readonly isLocal: boolean;
}

function hashOf(index: number): string {
  return `${index % 3 === 0 ? "00" : "ab"}${index.toString(16).padStart(38, "0")}`;
}

function randomTasks(random: Random, leaseMs: number): SimulatedTask[] {
  const count = between(random, 2, 5);
  const isLayered = chance(random, 0.5);
  const longest = pick(random, [5, 50, leaseMs / 2, leaseMs * 1.5]);
  return Array.from({ length: count }, (_, index) => ({
    hash: hashOf(index),
    needs: isLayered && index >= 2 ? [hashOf(between(random, 0, index - 1))] : [],
    runMs: random() * longest,
  }));
}

/** Returns random mount options. */
export function randomMount(random: Random): MountOptions {
  if (chance(random, 0.2)) return LOCAL;
  const version = chance(random, 0.6) ? NFS4 : NFS3;
  return {
    ...version,
    ...chance(random, 0.1) ? { acdirmin: 600_000, acdirmax: 600_000, acregmin: 600_000, acregmax: 600_000 } : {},
    locking: version === NFS3 && chance(random, 0.3) ? "host" : "server",
    changeStep: version === NFS3 ? pick(random, [4, 10, 30]) : 0,
    noticesOthers: chance(random, 0.75),
    isCourteous: chance(random, 0.5),
  };
}

/** Returns a host with random clocks. */
export function randomHost(random: Random, name: string): HostPlan {
  return {
    name,
    rate: chance(random, 0.25) ? 0.7 + random() * 0.7 : 1,
    clockStart: random() * 1e6,
    wallError: chance(random, 0.5) ? between(random, -100_000, 100_000) : 0,
  };
}

/** Returns a random strategy of the scheduler. */
export function randomStrategy(random: Random): Strategy {
  return pick<Strategy>(random, [
    { kind: "uniform" },
    { kind: "uniform" },
    { kind: "bursts", stay: 0.5 + random() * 0.45 },
    { kind: "priorities", change: pick(random, [0.02, 0.1, 0.3]) },
  ]);
}

/** Returns a random frame. */
export function randomFrame(random: Random, isLocal: boolean): Frame {
  const scenario = pick(random, SCENARIOS);
  const leaseMs = scenario === "frozen" ? pick(random, [12_000, 30_000]) : pick(random, [3_000, 12_000, 30_000]);
  return {
    random,
    scenario,
    leaseMs,
    idleMs: pick(random, [leaseMs / 20, leaseMs / 10, leaseMs / 4, leaseMs]),
    hosts: isLocal ? ["a"] : chance(random, 0.2) ? ["a", "b", "c"] : ["a", "b"],
    tasks: randomTasks(random, leaseMs),
    isLocal,
  };
}
