/**
 * What `jug launch` sees of a jugdir: how many tasks workers could begin, and who works.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { impossibleIn } from "../../../engine/analysis/run_plan.ts";
import { JugdirWatch } from "../../../engine/analysis/jugdir_watch.ts";
import type { ResourcePool } from "../../../engine/limits/resource_pool.ts";
import { keptFailures } from "../../../engine/results/failures.ts";
import { plainLine } from "../../display/plain.ts";
import type { Inspection } from "../../cli/inspection.ts";
import { refusalIn } from "../refusal.ts";
import type { Observation } from "./watch_state.ts";

/** What is looked for. */
export interface LookOptions {
  /** Whether workers run tasks of this name. */
  readonly isWanted: (name: string) => boolean;
  /** The resources of a worker. */
  readonly pool: ResourcePool;
  /** The name of the jobs. */
  readonly name: string;
}

/** The part of an observation that concerns the jugdir. */
export type Seen = Omit<Observation, "now" | "jobs" | "knowsIds">;

/** Looks at a jugdir again and again. A look costs as much as asking for all results once. */
export class JugdirLook {
  readonly #inspection: Inspection;
  readonly #options: LookOptions;
  readonly #watch: JugdirWatch;
  #adopted = -1;
  /** Tasks that no worker of this launch can hold. */
  #impossible: readonly Hash[] = [];
  /** Failures of earlier runs, which workers try again, and their tokens. */
  #retried: Map<Hash, string> | undefined;
  /** Failures that workers do not try again (`--keep-failed`). */
  #kept: ReadonlySet<Hash> = new Set();

  constructor(inspection: Inspection, options: LookOptions, clock: () => number) {
    this.#inspection = inspection;
    this.#options = options;
    this.#watch = new JugdirWatch({ backend: inspection.backend, clock });
  }

  /** Looks at everything. */
  async look(): Promise<Seen> {
    const { backend, session } = this.#inspection;
    if (this.#retried === undefined) await this.#begin();
    if (session.tasks.size === this.#adopted) await this.#watch.lookAtAll();
    for (let isNew = true; isNew;) {
      if (session.tasks.size !== this.#adopted) await this.#adopt();
      // A barrier may open, and the jugfile may declare further tasks.
      const changes = this.#watch.takeResultChanges();
      await (this.#inspection.barrier === undefined ? undefined : this.#inspection.advanceBy(changes));
      isNew = session.tasks.size !== this.#adopted;
    }
    const failures = new Map<Hash, string>();
    for await (const batch of backend.listFailures()) for (const { hash, token } of batch) failures.set(hash, token);
    for (const [hash, token] of this.#retried ?? []) if (failures.get(hash) !== token) this.#retried?.delete(hash);
    // Only failures of this launch count: those of earlier runs may have had other permissions, and are tried again.
    const isNew = (hash: Hash) => !this.#kept.has(hash) && this.#retried?.has(hash) !== true;
    return this.#seen(isNew, [...failures.keys()].filter((hash) => isNew(hash) && session.tasks.has(hash)).length);
  }

  async #begin(): Promise<void> {
    const { backend } = this.#inspection;
    this.#kept = await keptFailures(backend);
    this.#retried = new Map();
    for await (const batch of backend.listFailures()) {
      for (const { hash, token } of batch) if (!this.#kept.has(hash)) this.#retried.set(hash, token);
    }
  }

  async #adopt(): Promise<void> {
    const { tasks, session } = this.#inspection;
    this.#adopted = tasks.length;
    await this.#watch.adopt(tasks);
    const impossible = impossibleIn(this.#options.pool);
    this.#impossible = [...session.tasks.values()].flatMap((task) => impossible(task) === undefined ? [] : [task.hash]);
  }

  #seen(isNew: (hash: Hash) => boolean, failed: number): Seen {
    const { session, barrier } = this.#inspection;
    const { names, total, perSecond, running, failures } = this.#watch.view();
    const isWanted = (hash: Hash) => this.#options.isWanted(session.tasks.get(hash)?.name ?? "");
    let ready = names.reduce((sum, name) => sum + (this.#options.isWanted(name.name) ? name.ready : 0), 0);
    for (const hash of this.#impossible) if (this.#watch.stateOf(hash) === "ready" && isWanted(hash)) ready--;
    const impossible = new Set(this.#impossible);
    for (const hash of this.#retried?.keys() ?? []) {
      if (this.#watch.stateOf(hash) === "failed" && isWanted(hash) && !impossible.has(hash)) ready++;
    }
    const lacking = failures.filter(({ hash }) => isNew(hash))
      .map(({ call, text }) => ({ call, refusal: refusalIn(text) }))
      .find(({ refusal }) => refusal !== undefined);
    const unwanted = names.reduce(
      (sum, name) => sum + (this.#options.isWanted(name.name) ? 0 : name.ready + name.waiting + name.failed),
      0,
    );
    return {
      ready,
      running: total.running,
      finished: total.finished,
      unfinished: total.ready + total.waiting + total.running + total.failed - unwanted,
      isLoading: barrier !== undefined,
      perSecond,
      busy: new Set(running.map(({ owner }) => owner)).size,
      joined: this.#joined(),
      failed,
      lacking: lacking && `${plainLine(lacking.call)}: ${lacking.refusal}`,
    };
  }

  /** Returns the ids of the jobs of which a worker has joined. */
  #joined(): ReadonlySet<string> {
    const prefix = `${this.#options.name}:`;
    const joined = new Set<string>();
    for (const { options } of this.#watch.processes.values()) {
      const [, job = ""] = /(?:^| )--job (\S+)/.exec(options ?? "") ?? [];
      if (job.startsWith(prefix)) joined.add(job.slice(prefix.length));
    }
    return joined;
  }
}
