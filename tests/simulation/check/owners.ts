/**
 * Records when owners showed signs of life, as seen by the server. This decides whether a lock may be taken.
 *
 * @module
 */
import type { Inode } from "../file_system/server.ts";
import type { SimProcess } from "../run/sim_process.ts";
import { ROOT, type World } from "../run/world.ts";

interface Beat {
  readonly at: number;
  /** The time on each host's clock. */
  readonly clocks: ReadonlyMap<string, number>;
}

/** The heartbeats of all owners. */
export class Owners {
  readonly #world: World;
  readonly #beats = new Map<string, Beat[]>();

  constructor(world: World) {
    this.#world = world;
  }

  process(owner: string): SimProcess | undefined {
    return this.#world.processes.find((process) => process.plan.id === owner);
  }

  /** Called when data of a file reached the server. */
  onWritten(inode: Inode): void {
    for (const [name, other] of this.#world.server.find(`${ROOT}/workers`)?.names ?? []) {
      if (other === inode) return this.beat(name);
    }
  }

  /** Records a heartbeat: an owner's file was written or appeared. */
  beat(owner: string): void {
    const beats = this.#beats.get(owner) ?? [];
    beats.push(this.#moment());
    this.#beats.set(owner, beats);
  }

  lastBeat(owner: string): number | undefined {
    return this.#beats.get(owner)?.at(-1)?.at;
  }

  /**
   * Whether `observer`, which began to look at `since`, must consider the owner alive: the owner's process exists, and
   * its heartbeat moved within each lease of the observer's clock.
   */
  mustSeemAlive(owner: string, observer: SimProcess, since: number): boolean {
    const process = this.process(owner);
    if (process === undefined || process.isOver) return false;
    const beats = [...this.#beats.get(owner) ?? [], this.#moment()];
    const host = observer.host.plan.name;
    for (let i = beats.length - 1; i > 0; i--) {
      const [from, to] = [beats[i - 1], beats[i]];
      if (from === undefined || to === undefined || to.at < since) break;
      if ((to.clocks.get(host) ?? 0) - (from.clocks.get(host) ?? 0) >= process.plan.leaseMs) return false;
    }
    return true;
  }

  #moment(): Beat {
    const { now, hosts } = this.#world;
    return { at: now, clocks: new Map([...hosts].map(([name, host]) => [name, host.clock(now)])) };
  }
}
