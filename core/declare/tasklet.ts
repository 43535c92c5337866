/**
 * Tasklets: cheap functions of a task's result. They are computed again wherever they are used, and never stored.
 *
 * @module
 */
import { type Hash, isNode, type Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import { hashTasklet } from "../value/hash.ts";
import { requireKnownOptions } from "../known_options.ts";
import { claimName, qualifiedName } from "./names.ts";
import { areFinished, evaluate, refuseJson } from "../session/evaluate.ts";
import type { TaskletNode } from "../session/dependencies.ts";
import { currentSession } from "../session/session.ts";
import type { Task, Tasklet } from "../types.ts";
import { refuseLater } from "./used_as_value.ts";

/** A tasklet, with the methods that programs and the shell use. */
export class ComputedTasklet implements TaskletNode {
  declare readonly "jug.kind": "tasklet";
  constructor(
    readonly name: string,
    readonly hash: Hash,
    readonly bases: readonly Node[],
    readonly apply: (values: readonly unknown[]) => unknown,
  ) {}

  get(key: unknown): ComputedTasklet {
    return taskletGet(this, key);
  }

  canLoad(): Promise<boolean> {
    return areFinished([this]);
  }

  value(): Promise<unknown> {
    return evaluate(this);
  }

  toJSON(): never {
    return refuseJson(this);
  }

  toString(): never {
    return refuseLater(`the tasklet ${this.name}`);
  }

  [Symbol.toPrimitive](): never {
    return this.toString();
  }

  [Symbol.for("Deno.customInspect")](): string {
    return `Tasklet ${this.name}`;
  }
}
Object.defineProperty(ComputedTasklet.prototype, "jug.kind", { value: "tasklet" });

function getKey(name: string, value: unknown, key: unknown): unknown {
  if (value instanceof Map) return value.get(key);
  if (value === null || value === undefined) {
    throw new JugError("usage", `${name}: the result is ${value}, which has no ${String(key)}`, {
      remedy: "Return an object, array or Map from the task, or take the whole result",
    });
  }
  return Reflect.get(Object(value), toPropertyKey(key));
}

function toPropertyKey(key: unknown): PropertyKey {
  return typeof key === "number" || typeof key === "symbol" ? key : String(key);
}

/** Returns a tasklet of the part of a value under `key`: a property, an array's element or a Map's value. */
export function taskletGet(base: Node, key: unknown): ComputedTasklet {
  const name = `${base.name}.get(${
    isNode(key) ? key.name : typeof key === "string" ? JSON.stringify(key) : String(key)
  })`;
  const { hash, dependencies } = hashTasklet(base, { kind: "get", key });
  if (isNode(key)) return new ComputedTasklet(name, hash, [base, key], ([value, at]) => getKey(name, value, at));
  return new ComputedTasklet(name, hash, dependencies, ([value]) => getKey(name, value, key));
}

/**
 * Options of {@linkcode tasklet}.
 *
 * @category Tasks
 */
export interface TaskletOptions {
  /** The function's part of the tasklet's name. Default: the function's own name. */
  readonly name?: string;
  /**
   * Part of the hash, to be changed when the function's meaning changes: a string or a finite number. Default: none.
   */
  readonly version?: string | number;
}

/**
 * Returns a tasklet: a cheap function of a task's result, which is computed again wherever it is used, and never
 * stored. Its hash is made from its base, its name (`module.function`) and its version.
 *
 * @param base The task or tasklet whose value `fn` gets.
 * @param fn A function with a name, or with `options.name`. It may be asynchronous.
 * @param options `name` and `version`: see {@linkcode TaskletOptions}. Default: none.
 * @throws {JugError} of kind "usage" if `base` is not a task or tasklet, `fn` is not a function or has no name, another
 * function of this module has the same name, or an option is unknown or invalid.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator, tasklet } from "jug";
 *
 * const load = TaskGenerator(function load(n: number) {
 *   return { rows: Array.from({ length: n }, (_, i) => i) };
 * });
 * const total = TaskGenerator(function total(rows: number[]) {
 *   return rows.reduce((sum, n) => sum + n, 0);
 * });
 *
 * const data = load(10);
 * total(data.get("rows"));
 * total(tasklet(data, function firstThree(d) {
 *   return d.rows.slice(0, 3);
 * }));
 * ```
 *
 * @category Tasks
 */
export function tasklet<T, R>(
  base: Task<T> | Tasklet<T>,
  fn: (value: T) => R,
  options: TaskletOptions = {},
): Tasklet<Awaited<R>> {
  if (!isNode(base)) {
    throw new JugError("usage", "tasklet(base, fn) takes a task or a tasklet as its base", {
      remedy: "Call the function directly if you have the value",
    });
  }
  requireKnownOptions("tasklet", options, ["name", "version"]);
  const { name, version } = qualifiedName(tasklet, "tasklet", fn, {
    ...options,
    takesName: true,
    mayIterate: true,
  });
  claimName(currentSession(), name, fn);
  const { hash } = hashTasklet(base, { kind: "call", name, version, args: [] });
  const made = new ComputedTasklet(
    `${name}(${base.name})`,
    hash,
    [base],
    ([value]) => Reflect.apply(fn, undefined, [value]),
  );
  return made as unknown as Tasklet<Awaited<R>>;
}
