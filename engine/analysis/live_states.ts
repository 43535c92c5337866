/**
 * The states of a jugfile's tasks, kept up to date: a change costs as much as the tasks that it concerns. Numbers in
 * arrays stand for tasks, since there may be a million of them.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask } from "../inspect/inspect.ts";
import { stateOf, type StateTotals, type TaskState } from "../inspect/task_state.ts";

/** All states, in the order of their counters. */
const STATES = ["waiting", "ready", "running", "finished", "failed"] as const satisfies readonly TaskState[];

/** How many tasks of one name are in each state. */
export interface NameStates extends StateTotals {
  readonly name: string;
}

/** What is known of a task, as bits. */
const FINISHED = 1;
const RUNNING = 2;
const FAILED = 4;
/** It was looked up. If it finishes after that, this was seen to happen. */
const SEEN = 8;

/** The states of tasks. */
export class LiveStates {
  readonly #numbers = new Map<Hash, number>();
  #hashes: readonly Hash[] = [];
  #names: readonly string[] = [];
  /** By task: the number of its name. */
  #name = new Uint32Array(0);
  #bits = new Uint8Array(0);
  /** By task: how many of the tasks that it needs are not finished. */
  #missing = new Uint32Array(0);
  /** The tasks that need task t are `#dependents[#first[t]]` to `#dependents[#first[t + 1] - 1]`. */
  #dependents = new Uint32Array(0);
  #first = new Uint32Array(1);
  /** By name and state. */
  #counts = new Uint32Array(0);
  /** By name: how many tasks were seen to finish. */
  readonly #done = new Map<string, number>();
  readonly #running = new Set<number>();

  /** The hashes of all tasks. */
  get hashes(): readonly Hash[] {
    return this.#hashes;
  }

  /** Whether this is one of the tasks. */
  has(hash: Hash): boolean {
    return this.#numbers.has(hash);
  }

  /** How many tasks of each name were seen to finish. */
  get done(): ReadonlyMap<string, number> {
    return this.#done;
  }

  /** Replaces the tasks. What is known of those that were there before is kept. */
  adopt(tasks: readonly InspectedTask[]): void {
    const bits = new Uint8Array(tasks.length);
    for (const [number, { hash }] of tasks.entries()) {
      const before = this.#numbers.get(hash);
      if (before !== undefined) bits[number] = this.#bits[before] ?? 0;
    }
    this.#bits = bits;
    this.#hashes = tasks.map(({ hash }) => hash);
    this.#numbers.clear();
    for (const [number, hash] of this.#hashes.entries()) this.#numbers.set(hash, number);
    this.#running.clear();
    for (const [number, bit] of bits.entries()) if (bit & RUNNING) this.#running.add(number);
    this.#adoptNames(tasks);
    this.#adoptDependencies(tasks);
    this.#counts = new Uint32Array(this.#names.length * STATES.length);
    for (let task = 0; task < tasks.length; task++) this.#count(task, 1);
  }

  #adoptNames(tasks: readonly InspectedTask[]): void {
    const numbers = new Map<string, number>();
    this.#name = new Uint32Array(tasks.length);
    for (const [task, { name }] of tasks.entries()) {
      let number = numbers.get(name);
      if (number === undefined) numbers.set(name, number = numbers.size);
      this.#name[task] = number;
    }
    this.#names = [...numbers.keys()];
  }

  #adoptDependencies(tasks: readonly InspectedTask[]): void {
    const missing = new Uint32Array(tasks.length);
    const first = new Uint32Array(tasks.length + 1);
    for (const [task, { dependencies }] of tasks.entries()) {
      for (const hash of dependencies) {
        const base = this.#numbers.get(hash);
        if (base !== undefined) first[base + 1] = (first[base + 1] ?? 0) + 1;
        if (base === undefined || !this.#is(base, FINISHED)) missing[task] = (missing[task] ?? 0) + 1;
      }
    }
    for (let task = 0; task < tasks.length; task++) first[task + 1] = (first[task + 1] ?? 0) + (first[task] ?? 0);
    const dependents = new Uint32Array(first[tasks.length] ?? 0);
    const next = first.slice();
    for (const [task, { dependencies }] of tasks.entries()) {
      for (const hash of dependencies) {
        const base = this.#numbers.get(hash);
        if (base === undefined) continue;
        const at = next[base] ?? 0;
        dependents[at] = task;
        next[base] = at + 1;
      }
    }
    this.#missing = missing;
    this.#dependents = dependents;
    this.#first = first;
  }

  /** Records whether a task has a result. Returns whether that is new. */
  setFinished(hash: Hash, isFinished: boolean): boolean {
    const task = this.#numbers.get(hash);
    if (task === undefined) return false;
    const isNew = this.#is(task, FINISHED) !== isFinished;
    if (isNew) {
      // A result that is stored ends the claim, and removes a failure.
      this.#change(task, isFinished ? FINISHED : 0, isFinished ? FINISHED | RUNNING | FAILED : FINISHED);
      for (let at = this.#first[task] ?? 0; at < (this.#first[task + 1] ?? 0); at++) {
        this.#need(this.#dependents[at] ?? 0, isFinished ? -1 : 1);
      }
    }
    if (isNew && isFinished && this.#is(task, SEEN)) {
      const name = this.#names[this.#name[task] ?? 0] ?? "";
      this.#done.set(name, (this.#done.get(name) ?? 0) + 1);
    }
    this.#bits[task] = (this.#bits[task] ?? 0) | SEEN;
    return isNew;
  }

  /** Records whether the last run of a task failed. */
  setFailed(hash: Hash, hasFailed: boolean): void {
    const task = this.#numbers.get(hash);
    // A failure ends the claim.
    if (task !== undefined) this.#change(task, hasFailed ? FAILED : 0, hasFailed ? FAILED | RUNNING : FAILED);
  }

  /** Records which tasks are running; no others are. Returns those that were running before. */
  setRunning(hashes: ReadonlySet<Hash>): Hash[] {
    const gone: Hash[] = [];
    for (const task of [...this.#running]) {
      const hash = this.#hashes[task];
      if (hash === undefined || hashes.has(hash)) continue;
      this.#change(task, 0, RUNNING);
      gone.push(hash);
    }
    for (const hash of hashes) {
      const task = this.#numbers.get(hash);
      if (task !== undefined) this.#change(task, RUNNING, RUNNING);
    }
    return gone;
  }

  /** Returns the state of a task; `undefined` if it is none of the tasks. */
  state(hash: Hash): TaskState | undefined {
    const task = this.#numbers.get(hash);
    return task === undefined ? undefined : STATES[this.#state(task)];
  }

  /** Returns the counts of each name, in the order of the tasks. */
  names(): NameStates[] {
    return this.#names.map((name, number) => {
      const [waiting = 0, ready = 0, running = 0, finished = 0, failed = 0] = this.#counts.subarray(
        number * STATES.length,
        (number + 1) * STATES.length,
      );
      return { name, waiting, ready, running, finished, failed };
    });
  }

  #is(task: number, bit: number): boolean {
    return ((this.#bits[task] ?? 0) & bit) !== 0;
  }

  #state(task: number): number {
    return STATES.indexOf(stateOf({
      isFinished: this.#is(task, FINISHED),
      isRunning: this.#is(task, RUNNING),
      hasFailed: this.#is(task, FAILED),
      canRun: () => this.#missing[task] === 0,
    }));
  }

  #count(task: number, by: number): void {
    const at = (this.#name[task] ?? 0) * STATES.length + this.#state(task);
    this.#counts[at] = (this.#counts[at] ?? 0) + by;
  }

  /** Sets the bits of `mask` to those of `bits`. */
  #change(task: number, bits: number, mask: number): void {
    const before = this.#bits[task] ?? 0;
    const after = before & ~mask | bits;
    if (before === after) return;
    this.#count(task, -1);
    this.#bits[task] = after;
    this.#count(task, 1);
    if (after & RUNNING) this.#running.add(task);
    else this.#running.delete(task);
  }

  #need(task: number, by: number): void {
    this.#count(task, -1);
    this.#missing[task] = (this.#missing[task] ?? 0) + by;
    this.#count(task, 1);
  }
}
