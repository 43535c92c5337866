/**
 * Runs in columns: what a listing says of them, folded once into typed arrays. A million runs take about 80 MB. All
 * further analysis reads these columns.
 *
 * Times are those of the workers' clocks. Clocks of different hosts differ, and a clock may be set back during a run.
 * So a run may end before it begins; its duration is then 0.
 *
 * @module
 */
import type { RunEntry } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { HashTable } from "../../core/hash_table.ts";
import type { Holder } from "./holders.ts";

/** How runs ended, by their code in {@linkcode RunColumns.kind}. */
export const RUN_KINDS = ["result", "failure", "running"] as const;

/** How a run ended, if it did. */
export type RunKind = typeof RUN_KINDS[number];

/** Runs, one a row. */
export interface RunColumns {
  /** How many rows there are. */
  readonly count: number;
  /** The tasks. A task may have several rows: its last run failed, for example, and it is running again. */
  readonly tasks: HashTable;
  /** The number of the task. */
  readonly task: Uint32Array;
  /** When the run began, in milliseconds since 1970. */
  readonly start: Float64Array;
  /** When it ended, in milliseconds since 1970; for a running task the time of the listing. */
  readonly finish: Float64Array;
  /** The size of the result or failure, in bytes; 0 for a running task. */
  readonly size: Float64Array;
  /** Which of `names` the task has; {@linkcode NO_NAME} if it is not known, as for a running task. */
  readonly name: Uint32Array;
  /** Which of `workers` ran it. */
  readonly worker: Uint32Array;
  /** Which of {@linkcode RUN_KINDS} it is. */
  readonly kind: Uint8Array;
  readonly names: readonly string[];
  readonly workers: readonly string[];
  /** The arguments, shortened, where they are known; empty if they were not asked for. */
  readonly args: readonly (string | undefined)[];
}

/** The name of a task whose name is not known. */
export const NO_NAME = 0xffffffff;

const FIRST_CAPACITY = 1024;

/** Numbers texts in the order of their first appearance. */
class Texts {
  readonly #numbers = new Map<string, number>();
  readonly all: string[] = [];

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

/** What is to be collected besides what every analysis needs. */
export interface CollectOptions {
  /**
   * Whether to keep the summaries of arguments, up to 200 characters a run.
   * @default false
   */
  readonly keepsArguments?: boolean;
}

/** Collects runs into columns. */
export class RunCollector {
  readonly #keepsArguments: boolean;
  readonly #tasks = new HashTable();
  readonly #names = new Texts();
  readonly #workers = new Texts();
  readonly #args: (string | undefined)[] = [];
  #count = 0;
  #task = new Uint32Array(FIRST_CAPACITY);
  #start = new Float64Array(FIRST_CAPACITY);
  #finish = new Float64Array(FIRST_CAPACITY);
  #size = new Float64Array(FIRST_CAPACITY);
  #name = new Uint32Array(FIRST_CAPACITY);
  #worker = new Uint32Array(FIRST_CAPACITY);
  #kind = new Uint8Array(FIRST_CAPACITY);

  constructor({ keepsArguments = false }: CollectOptions = {}) {
    this.#keepsArguments = keepsArguments;
  }

  /** Adds a run that ended. */
  add({ hash, kind, start, finish, size, name, worker, args }: RunEntry): void {
    const row = this.#newRow(hash, kind, worker);
    this.#start[row] = start;
    this.#finish[row] = finish;
    this.#size[row] = size;
    this.#name[row] = this.#names.number(name);
    if (this.#keepsArguments) this.#args[row] = args;
  }

  /**
   * Adds the present run of a task that a worker holds. It counts from the claim. Left out are tasks that only wait in
   * a worker's batch, those of dead workers, and those whose result was added before.
   */
  addHolder(holder: Holder, now: number): void {
    const { hash, since, isQueued, state } = holder;
    if (since === undefined || isQueued || state === "dead") return;
    // Hardly any running task has a run that ended, so a search will do.
    const known = this.#tasks.find(hash);
    const earlier = known < 0 ? -1 : this.#task.subarray(0, this.#count).lastIndexOf(known);
    if (earlier >= 0 && this.#kind[earlier] === RUN_KINDS.indexOf("result")) return;
    const row = this.#newRow(hash, "running", workerOf(holder));
    this.#start[row] = since;
    this.#finish[row] = Math.max(since, now);
    this.#name[row] = this.#name[earlier] ?? NO_NAME;
    if (this.#keepsArguments) this.#args[row] = this.#args[earlier];
  }

  /** Returns the columns of all rows so far. Rows that are added later are not among them. */
  columns(): RunColumns {
    const count = this.#count;
    return {
      count,
      tasks: this.#tasks,
      task: this.#task.subarray(0, count),
      start: this.#start.subarray(0, count),
      finish: this.#finish.subarray(0, count),
      size: this.#size.subarray(0, count),
      name: this.#name.subarray(0, count),
      worker: this.#worker.subarray(0, count),
      kind: this.#kind.subarray(0, count),
      names: this.#names.all,
      workers: this.#workers.all,
      args: this.#args,
    };
  }

  #newRow(hash: Hash, kind: RunKind, worker: string): number {
    if (this.#count === this.#task.length) this.#grow();
    const row = this.#count++;
    this.#task[row] = this.#tasks.addHash(hash);
    this.#worker[row] = this.#workers.number(worker);
    this.#kind[row] = RUN_KINDS.indexOf(kind);
    return row;
  }

  #grow(): void {
    const capacity = 2 * this.#task.length;
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(
      old: T,
      larger: T,
    ): T => (larger.set(old), larger);
    this.#task = grown(this.#task, new Uint32Array(capacity));
    this.#start = grown(this.#start, new Float64Array(capacity));
    this.#finish = grown(this.#finish, new Float64Array(capacity));
    this.#size = grown(this.#size, new Float64Array(capacity));
    this.#name = grown(this.#name, new Uint32Array(capacity));
    this.#worker = grown(this.#worker, new Uint32Array(capacity));
    this.#kind = grown(this.#kind, new Uint8Array(capacity));
  }
}

/**
 * Collects the runs of a listing, and after them those of the tasks that workers hold.
 *
 * @param now When the holders were listed, in milliseconds since 1970
 */
export async function collectRuns(
  listing: AsyncIterable<readonly RunEntry[]>,
  holders: readonly Holder[],
  now: number,
  options: CollectOptions = {},
): Promise<RunColumns> {
  const collector = new RunCollector(options);
  for await (const batch of listing) for (const entry of batch) collector.add(entry);
  for (const holder of holders) collector.addHolder(holder, now);
  return collector.columns();
}

/** Returns how long a run took, in milliseconds: never less than 0, and never infinite. */
export function durationAt({ start, finish }: Pick<RunColumns, "start" | "finish">, row: number): number {
  const duration = (finish[row] ?? 0) - (start[row] ?? 0);
  return duration > 0 && duration < Infinity ? duration : 0;
}

/** Returns when a run ended, in milliseconds since 1970: never before it began. */
export function endAt(columns: Pick<RunColumns, "start" | "finish">, row: number): number {
  return (columns.start[row] ?? 0) + durationAt(columns, row);
}

/** Returns how a run ended, if it did. */
export function kindAt({ kind }: Pick<RunColumns, "kind">, row: number): RunKind {
  return RUN_KINDS[kind[row] ?? 0] ?? "result";
}

/** Returns the first row of a running task. These come last, in the order of their claims. */
export function firstRunningRow(columns: Pick<RunColumns, "count" | "kind">): number {
  let first = columns.count;
  while (first > 0 && kindAt(columns, first - 1) === "running") first--;
  return first;
}

/** Returns the name of a row's task, if it is known. */
export function nameAt({ name, names }: Pick<RunColumns, "name" | "names">, row: number): string | undefined {
  return names[name[row] ?? NO_NAME];
}

/** Returns the task of a row. */
export function hashAt({ tasks, task }: Pick<RunColumns, "tasks" | "task">, row: number): Hash {
  return tasks.at(task[row] ?? 0);
}

/** Returns the number of a task, or -1 if it has no row. */
export type FindTask = (hash: Hash) => number;

/**
 * Returns a function that finds the numbers of tasks, and is fast for those who ask in the order of `declared`, again and
 * again: a search among a million tasks takes 0.2 µs. Others may be asked for in between.
 */
export function findInOrder({ tasks }: RunColumns, declared: readonly { readonly hash: Hash }[]): FindTask {
  const numbers = new Int32Array(declared.length).fill(NOT_SEARCHED);
  let at = 0;
  return (hash) => {
    // The same task as before, the next one, or the first one again.
    if (declared[at]?.hash !== hash) {
      if (declared[at + 1]?.hash === hash) at++;
      else if (declared[0]?.hash === hash) at = 0;
      else return tasks.find(hash);
    }
    const known = numbers[at] ?? NOT_SEARCHED;
    return known === NOT_SEARCHED ? numbers[at] = tasks.find(hash) : known;
  };
}

const NOT_SEARCHED = -2;

/** Returns a function that finds the row of a task's run of this kind. */
export function rowFinder(
  columns: RunColumns,
  wanted: RunKind,
  find: FindTask = (hash) => columns.tasks.find(hash),
): (hash: Hash) => number | undefined {
  const { tasks, task, kind, count } = columns;
  const rows = new Int32Array(tasks.size).fill(-1);
  const code = RUN_KINDS.indexOf(wanted);
  for (let row = 0; row < count; row++) if (kind[row] === code) rows[task[row] ?? 0] = row;
  return (hash) => {
    const row = rows[find(hash)] ?? -1;
    return row < 0 ? undefined : row;
  };
}

/** Returns the name of the worker that holds a task, as records have it (see `engine/results/owner.ts`). */
export function workerOf({ host, pid, owner, thread }: Pick<Holder, "host" | "pid" | "owner" | "thread">): string {
  return `${host ?? "host"}:${pid ?? owner}.${thread ?? 0}`;
}
