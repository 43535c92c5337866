/**
 * Random kills, stops, freezes and failing calls.
 *
 * @module
 */
import { FAULT_CODES } from "../file_system/failure.ts";
import { between, chance, pick, type Random } from "./dice.ts";
import type { EventPlan, Happening, Trigger } from "./plan.ts";

/** Operations and folders at which a process is between two steps of a protocol. */
const CROSSINGS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ["rename", "segments"],
  ["rename", "segments"],
  ["rename", "heads"],
  ["rename", "heads"],
  ["open", "segments"],
  ["open", "states"],
  ["remove", "states"],
  ["remove", "segments"],
  ["names", "segments"],
  ["names", "heads"],
  ["readFile", "states"],
  ["rename", "workers"],
  ["open", "workers"],
  ["open", "tmp"],
];

interface Setting {
  readonly leaseMs: number;
  readonly isLocal: boolean;
}

function randomTrigger(random: Random): Trigger {
  if (chance(random, 0.4)) return { kind: "count", nth: between(random, 1, 150) };
  const [operation, folder] = pick(random, CROSSINGS);
  const when = chance(random, 0.5) ? "before" : "after";
  return { kind: "operation", operation, folder, nth: between(random, 1, 4), when };
}

function randomHappening(random: Random, { leaseMs, isLocal }: Setting): Happening {
  const kinds = ["kill", "kill", "stop", "stop", "stop", "fault", "freeze", "cut off", "power cut"] as const;
  const kind = pick(random, kinds);
  const ms = pick(random, [leaseMs * 0.4, leaseMs * 1.2, leaseMs * 2.5, leaseMs * 4 + 95_000]);
  switch (kind) {
    case "kill":
      return { kind };
    case "stop":
      return { kind, ms };
    case "freeze":
      return { kind, ms, clockRuns: chance(random, 0.5) };
    case "cut off":
      return isLocal ? { kind: "stop", ms } : { kind, ms };
    case "power cut":
      // The effect of a power cut on a local disk is not modelled.
      return isLocal ? { kind: "kill" } : { kind };
    case "fault":
      return {
        kind,
        code: pick(random, FAULT_CODES),
        ms: pick(random, [0, 0, 0, 20, leaseMs]),
        everywhere: chance(random, 0.2),
      };
  }
}

/** Returns random events for `processes`. Three runs of ten get none. */
export function randomEvents(random: Random, processes: readonly string[], setting: Setting): EventPlan[] {
  const [first, ...others] = processes;
  if (first === undefined || chance(random, 0.3)) return [];
  return Array.from({ length: between(random, 1, 3) }, () => ({
    process: pick(random, [first, ...others]),
    trigger: randomTrigger(random),
    happening: randomHappening(random, setting),
  }));
}
