/**
 * What is known of a jugfile's tasks at one moment: which are finished, held or failed, and who works.
 *
 * @module
 */
import type { Backend, ProcessEntry } from "../../../backends/backend.ts";
import { listProcesses } from "../../../backends/optional_parts.ts";
import type { Hash } from "../../../core/brand.ts";
import { formatArguments } from "../../../core/format.ts";
import type { Barrier } from "../../../core/session/barrier_keeper.ts";
import { requiredTasks } from "../../../core/session/dependencies.ts";
import type { DeclaredTask, Session } from "../../../core/session/session.ts";
import type { InspectedTask } from "../../inspect/inspect.ts";
import { type Holder, listHolders } from "../holders.ts";
import type { TaskName } from "./answer.ts";

/** A jugfile and its jugdir. */
export interface WhyParts {
  readonly backend: Backend;
  readonly session: Session;
  readonly unmetBarriers: readonly Barrier[];
  /** All tasks, dependencies first. Their order defines the numbers of the tasks of one name. */
  readonly tasks: readonly InspectedTask[];
}

/** How a task is found, without reading its records. */
export type QuickState = "finished" | "running" | "queued" | "abandoned" | "failed" | "unopened" | "ready" | "waiting";

/** The tasks at one moment. */
export class Situation {
  readonly #parts: WhyParts;

  private constructor(
    parts: WhyParts,
    readonly finished: ReadonlySet<Hash>,
    readonly holders: ReadonlyMap<Hash, Holder>,
    readonly failed: ReadonlySet<Hash>,
    /** The processes that work on the jugdir, as far as is known. */
    readonly workers: readonly ProcessEntry[],
  ) {
    this.#parts = parts;
  }

  /** Asks the backend. Reads no results. */
  static async of(parts: WhyParts): Promise<Situation> {
    const { backend, tasks } = parts;
    const holders = new Map((await listHolders(backend)).map((holder) => [holder.hash, holder]));
    const failed = new Set<Hash>();
    for await (const batch of backend.listFailures()) for (const { hash } of batch) failed.add(hash);
    const workers: ProcessEntry[] = [];
    for await (const batch of listProcesses(backend)) {
      workers.push(...batch.filter(({ state }) => state === "alive"));
    }
    // Last: a task that finishes in the meantime then counts as finished.
    const finished = await backend.has(tasks.map(({ hash }) => hash));
    return new Situation(parts, finished, holders, failed, workers);
  }

  get backend(): Backend {
    return this.#parts.backend;
  }

  get session(): Session {
    return this.#parts.session;
  }

  get unmetBarriers(): readonly Barrier[] {
    return this.#parts.unmetBarriers;
  }

  get tasks(): readonly InspectedTask[] {
    return this.#parts.tasks;
  }

  /** Returns a task as it was declared. */
  declared(hash: Hash): DeclaredTask | undefined {
    return this.session.tasks.get(hash);
  }

  /** Returns the state of a task. */
  stateOf(hash: Hash): QuickState {
    if (this.finished.has(hash)) return "finished";
    const holder = this.holders.get(hash);
    if (holder !== undefined && holder.state !== "dead") return holder.isQueued ? "queued" : "running";
    if (this.failed.has(hash)) return "failed";
    if (holder !== undefined) return "abandoned";
    if (this.isUnopened(hash)) return "unopened";
    return this.missing(hash).length === 0 ? "ready" : "waiting";
  }

  /** Whether it is a compound task whose function has not ended. */
  isUnopened(hash: Hash): boolean {
    const compound = this.declared(hash)?.compound;
    return compound !== undefined && !compound.isOpen;
  }

  /** Returns the direct dependencies that have no result. */
  missing(hash: Hash): readonly Hash[] {
    return this.#dependenciesOf(hash).filter((needed) => !this.finished.has(needed));
  }

  /** Returns how many direct dependencies there are. */
  needed(hash: Hash): number {
    return this.#dependenciesOf(hash).length;
  }

  #dependenciesOf(hash: Hash): readonly Hash[] {
    return requiredTasks(this.declared(hash)?.dependencies ?? []).map(({ hash }) => hash);
  }

  /** Returns the number of processes that work, or hold tasks. */
  get workerCount(): number {
    const owners = new Set(this.workers.map(({ id }) => id));
    for (const { owner, state } of this.holders.values()) if (state !== "dead") owners.add(owner);
    return owners.size;
  }

  /** Returns how many tasks could run now. */
  get readyCount(): number {
    return this.tasks.reduce((count, { hash }) => this.stateOf(hash) === "ready" ? count + 1 : count, 0);
  }

  /** Returns how many tasks of a name are running. */
  runningOf(name: string): number {
    let count = 0;
    for (const { hash, state } of this.holders.values()) {
      if (state !== "dead" && this.declared(hash)?.name === name) count++;
    }
    return count;
  }

  /** Returns the task with a result that comes first among those that need this one. */
  finishedDependent(hash: Hash): TaskName | undefined {
    const found = this.tasks.find((task) => this.finished.has(task.hash) && task.dependencies.includes(hash));
    return found && this.nameOf(found.hash);
  }

  /** Returns how answers name a task. */
  nameOf(hash: Hash): TaskName {
    const name = this.declared(hash)?.name ?? "";
    let index = 0;
    for (const task of this.tasks) {
      if (task.hash === hash) break;
      if (task.name === name) index++;
    }
    return { hash, name, index, args: formatArguments(this.declared(hash)?.args ?? [], 60) };
  }
}
