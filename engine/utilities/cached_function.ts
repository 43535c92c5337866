/**
 * `CachedFunction`: runs a function once, while the jugfile loads.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { evaluate } from "../../core/session/evaluate.ts";
import { qualifiedName } from "../../core/declare/names.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import { currentSession, type TaskDefinition } from "../../core/session/session.ts";
import { declareTask } from "../../core/declare/task.ts";
import type { TaskArgs } from "../../core/types.ts";
import { sessionResults } from "../api/script_results.ts";

/** Declares a task, runs it (or waits for another process to run it) unless it has a result, and returns its result. */
export async function runCached(definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> {
  const { hash } = declareTask(definition, args);
  const session = currentSession();
  const task = session.tasks.get(hash);
  if (task === undefined) throw new TypeError(`${definition.name} was not declared`);
  const results = await sessionResults(session);
  const loaded = (await results.load([hash])).get(hash);
  if (loaded?.kind === "found") return loaded.value;
  const needed = requiredTasks(task.dependencies);
  const finished = await results.has(needed.map((required) => required.hash));
  const missing = needed.find((required) => !finished.has(required.hash));
  if (missing !== undefined) {
    throw new JugError("missing", `${task.name} cannot run now: ${missing.name}, which it needs, has no result`, {
      remedy: "Put `await barrier()` before the call",
    });
  }
  await results.ensure(task);
  return await evaluate(task);
}

/**
 * Calls `fn(...args)` now and stores its result. Later calls with the same arguments return the stored value. The call
 * is a task like any other, except that it runs whenever the jugfile is loaded and its result is missing, with any
 * subcommand. It is meant for values that the rest of the jugfile depends on, such as a list of files. For long
 * computations, `await bvalue(task)` is the better choice.
 *
 * @param fn A named function, synchronous or asynchronous.
 * @param args The arguments of `fn`. Tasks among them must be finished.
 * @returns The result of `fn`.
 * @throws {JugError} if `fn` has no name, or a task among its arguments is not finished.
 *
 * @example Usage
 * ```ts
 * import { CachedFunction, isJugRunning, setJugdir, TaskGenerator } from "jug";
 *
 * if (!isJugRunning()) setJugdir("memory:");
 *
 * function readNames() {
 *   return ["Ada", "Grace"];
 * }
 * const greet = TaskGenerator(function greet(name: string) {
 *   return `hello ${name}`;
 * });
 *
 * export const greetings = (await CachedFunction(readNames)).map(greet);
 * ```
 *
 * @category Utilities
 */
export async function CachedFunction<P extends readonly unknown[], R>(
  fn: (...args: P) => R,
  ...args: TaskArgs<P>
): Promise<Awaited<R>> {
  const { name } = qualifiedName(CachedFunction, "CachedFunction", fn, {});
  return await runCached({ name, version: undefined, fn, code: [fn] }, args) as Awaited<R>;
}
