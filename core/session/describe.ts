/**
 * `describe`: describes how a result was computed.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
import { isPlainObject } from "../value/kinds.ts";
import { isNode, isSecret, isWrapper, type Wrapper } from "../brand.ts";
import { resultsOf } from "./evaluate.ts";
import { isDeclaredTask, isTasklet, requiredTasks } from "./dependencies.ts";
import { type PlainData, plainData } from "../value/plain_data.ts";
import type { RecordMeta } from "../value/record.ts";
import type { DeclaredTask } from "./session.ts";

/**
 * When and where a task was run.
 *
 * @category Results
 */
export interface RunDescription {
  /** The start time in UTC, as in `2025-05-17T12:30:00.000Z`, by the worker's clock. */
  readonly start: string;
  /** The end time, in the same form. */
  readonly finish: string;
  /** The time from start to end, in seconds. */
  readonly seconds: number;
  /** The name of the worker that ran the task. */
  readonly worker: string;
}

/**
 * The description of a task, of a tasklet, or of any value that may contain them. It is plain data, as in JSON.
 *
 * @category Results
 */
export type Description = PlainData;

/**
 * The depth of nested tasks at which the description continues in the list `below`. The output formats cannot nest
 * deeper than some thousand levels.
 */
const LEVELS = 100;

/** Returns every task that `value` needs, directly or through the arguments of other tasks. */
function tasksBelow(value: unknown): Map<Hash, DeclaredTask> {
  const found = new Map<Hash, DeclaredTask>();
  const pending: DeclaredTask[] = requiredTasks(nodesIn(value));
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    if (found.has(task.hash)) continue;
    found.set(task.hash, task);
    for (const required of requiredTasks(task.dependencies)) pending.push(required);
  }
  return found;
}

function nodesIn(value: unknown): Node[] {
  if (isNode(value)) return [value];
  if (isSecret(value)) return [];
  if (isWrapper(value)) return nodesIn(heldBy(value));
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return typeof value === "object" && value !== null && isPlainObject(value)
    ? Object.values(value).flatMap(nodesIn)
    : [];
}

/** Returns the value inside a wrapper, whether or not the task's function gets it. */
function heldBy(wrapper: Wrapper): unknown {
  const { hashAs } = wrapper;
  if (hashAs.kind === "value") return hashAs.value;
  if (hashAs.kind === "node") return hashAs.node;
  const unwrap: unknown = "unwrap" in wrapper ? wrapper.unwrap : undefined;
  return typeof unwrap === "object" && unwrap !== null && "value" in unwrap ? unwrap.value : undefined;
}

async function metaOf(tasks: ReadonlyMap<Hash, DeclaredTask>): Promise<Map<Hash, RecordMeta>> {
  const [first] = tasks.values();
  return first === undefined ? new Map() : await resultsOf(first).meta([...tasks.keys()]);
}

/**
 * Describes a whole computation: the task's name and arguments, when and where it was run, and the same for each task
 * among its arguments.
 *
 * Each task is described once. If it occurs again, it is shown as `{ name, hash, isToldAbove: true }`. If a chain of
 * tasks is longer than a hundred, a task too deep in it is shown as `{ name, hash, isToldBelow: true }` and described
 * in the list `below` of the task at the beginning of the chain.
 *
 * @param x A task, a tasklet, or arrays and plain objects of them.
 * @returns Plain data. A task is `{ name, hash, args, meta: { start, finish, seconds, worker } }`, without `args` if it
 * has no arguments, and without `meta` if it has no result. A compound task whose tasks are declared also has
 * `standsFor`. A tasklet is `{ name: "tasklet", operation, hash, bases }`, a wrapped argument is `{ wrapper, value }`,
 * and a secret `{ wrapper: "secret" }`.
 * @throws {JugError} of kind "usage" if `x` contains a task and no jugdir is open.
 *
 * @example Usage
 * ```ts
 * import { describe, execute, isJugRunning, setJugdir, TaskGenerator } from "jug";
 *
 * const double = TaskGenerator(function double(n: number) {
 *   return 2 * n;
 * });
 * const eight = double(double(2));
 *
 * if (!isJugRunning()) {
 *   setJugdir("memory:");
 *   await execute();
 *   console.log(await describe(eight));
 * }
 * ```
 *
 * @category Results
 */
export async function describe(x: unknown): Promise<Description> {
  const metas = await metaOf(tasksBelow(x));
  const told = new Set<Hash>();
  /** Tasks and tasklets too deep to be described in their place. */
  const deeper: Node[] = [];
  let level = 0;

  function tell(value: unknown): PlainData {
    if (isNode(value)) return level === 0 ? tellFirst(value) : tellNode(value);
    if (isWrapper(value)) {
      const { wrapper } = value;
      return isSecret(value) ? { wrapper } : { wrapper, value: tell(heldBy(value)) };
    }
    return plainData(value, tellSpecial);
  }

  function tellSpecial(value: unknown): PlainData {
    return isNode(value) || isWrapper(value) ? tell(value) : Deno.inspect(value, { colors: false, depth: 2 });
  }

  function tellFirst(node: Node): PlainData {
    const account = tellNode(node);
    const below: PlainData[] = [];
    for (let next = deeper.pop(); next !== undefined; next = deeper.pop()) {
      if (!told.has(next.hash)) below.push(tellNode(next));
    }
    return below.length === 0 ? account : { ...account, below };
  }

  function tellNode(node: Node): { [key: string]: PlainData } {
    const { name, hash } = node;
    if (told.has(hash)) return { name, hash, isToldAbove: true };
    if (level === LEVELS) {
      deeper.push(node);
      return { name, hash, isToldBelow: true };
    }
    told.add(hash);
    level++;
    try {
      return tellUntold(node);
    } finally {
      level--;
    }
  }

  function tellUntold(node: Node): { [key: string]: PlainData } {
    const { name, hash } = node;
    if (isTasklet(node)) return { name: "tasklet", operation: name, hash, bases: node.bases.map(tellNode) };
    if (!isDeclaredTask(node)) return { name, hash };
    const meta = metas.get(hash);
    return {
      name,
      hash,
      ...(node.args.length === 0 ? {} : { args: node.args.map(tell) }),
      ...(node.compound?.isOpen ? { standsFor: node.compound.runArgs.map(tell) } : {}),
      ...(meta === undefined ? {} : { meta: { ...tellRun(meta) } }),
    };
  }

  return tell(x);
}

function tellRun({ start, finish, worker }: RecordMeta): RunDescription {
  return {
    start: new Date(start).toISOString(),
    finish: new Date(finish).toISOString(),
    seconds: (finish - start) / 1000,
    worker,
  };
}
