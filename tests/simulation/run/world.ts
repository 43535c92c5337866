/**
 * The state of one run: the server, hosts, processes, and the true time.
 *
 * @module
 */
import type { Stale } from "../file_system/name_cache.ts";
import { Server, type ServerEvent } from "../file_system/server.ts";
import type { Random } from "./dice.ts";
import { Faults } from "./faults.ts";
import type { Plan, ProcessPlan } from "./plan.ts";
import { SimHost } from "./sim_host.ts";
import type { SimClaimant, SimProcess } from "./sim_process.ts";

/** The path of the jugdir. */
export const ROOT = "/jug";

/** Callbacks of the world. */
export interface WorldEvents {
  onServerEvent(event: ServerEvent): void;
  onStale(stale: Stale): void;
}

/** Returns a process that is not started yet. */
function makeProcess(plan: ProcessPlan, host: SimHost, world: Plan): SimProcess {
  return {
    plan,
    host,
    identity: { id: plan.id, leaseMs: plan.leaseMs, host: host.plan.name, boot: `boot${host.boot}`, pid: 1 },
    claimants: [],
    events: world.events.filter((event) => event.process === plan.id),
    startsAt: Infinity,
    stoppedUntil: 0,
    operations: 0,
    counts: new Map(),
    joined: "not yet",
    isOver: false,
    isKilled: false,
    faultedAt: -Infinity,
    leftAt: undefined,
  };
}

/** The state of one run. */
export class World {
  now = 1;
  readonly plan: Plan;
  readonly server: Server;
  readonly hosts = new Map<string, SimHost>();
  readonly processes: SimProcess[] = [];
  readonly faults: Faults;
  /** The claimant whose operation is being executed. */
  current: SimClaimant | undefined;

  constructor(plan: Plan, random: Random, { onServerEvent, onStale }: WorldEvents) {
    this.plan = plan;
    this.faults = new Faults(plan.mount.kind === "network");
    this.server = new Server(() => this.now, (event) => {
      if (event.kind === "named") this.#lookUpMeanwhile(event.path);
      onServerEvent(event);
    });
    for (const host of plan.hosts) {
      const simulated = new SimHost(host, {
        server: this.server,
        mount: plan.mount,
        random,
        onStale,
        onTouched: (folder) => this.#touch(host.name, folder),
        isGivenUp: (other) => this.#isGivenUp(other),
      });
      this.hosts.set(host.name, simulated);
    }
  }

  get claimants(): readonly SimClaimant[] {
    return this.processes.flatMap((process) => process.claimants);
  }

  addProcess(plan: ProcessPlan): SimProcess {
    const host = this.hosts.get(plan.host);
    if (host === undefined) throw new Error(`there is no host ${plan.host}`);
    const process = makeProcess(plan, host, this.plan);
    this.processes.push(process);
    return process;
  }

  #lookUpMeanwhile(path: string): void {
    for (const host of this.hosts.values()) {
      if (Math.max(host.frozenUntil, host.cutOffUntil) <= this.now) host.files.lookUpMeanwhile(path);
    }
  }

  #touch(host: string, folder: string): void {
    for (const process of this.processes) {
      if (process.host.plan.name !== host || process.isOver) continue;
      for (const claimant of process.claimants) if (claimant.watched.has(folder)) claimant.isTouched = true;
    }
  }

  /** Whether the server gives up a host; if so, drops its state. With v3, locks have no lease, so it never does. */
  #isGivenUp(name: string): boolean {
    const host = this.hosts.get(name);
    if (host === undefined || !this.plan.mount.keepsOpenFiles || !host.isGivenUp(this.now)) return false;
    host.dropState();
    return true;
  }
}
