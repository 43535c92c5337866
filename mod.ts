/**
 * The library's door: what a jugfile imports.
 *
 * @example A jugfile
 * ```ts
 * import { TaskGenerator } from "jug";
 *
 * const square = TaskGenerator(function square(n: number) {
 *   return n * n;
 * });
 *
 * export const squares = [1, 2, 3].map(square);
 * ```
 *
 * @module
 */
export { args } from "./core/args.ts";
export { JugError, type JugErrorKind, type JugErrorOptions } from "./core/errors.ts";
export { identity } from "./core/identity.ts";
export { isTask, TaskGenerator } from "./core/task.ts";
export { tasklet, type TaskletOptions } from "./core/tasklet.ts";
export type {
  AnyFunction,
  AnyTask,
  GeneratorOf,
  KeyOf,
  Later,
  NoHash,
  NoLoad,
  PartOf,
  Shared,
  Task,
  TaskArg,
  TaskArgs,
  TaskGeneratorFunction,
  Tasklet,
  TaskOptions,
  ValueOf,
  Wrapped,
} from "./core/types.ts";
export type { GeneratorMark, Hash, Node, Wrapper, WrapperHash } from "./core/brand.ts";
export { barrier, bvalue, value } from "./core/value.ts";
export { shared } from "./core/wrappers.ts";
export {
  execute,
  type ExecuteOptions,
  type ExecuteSummary,
  getTasks,
  init,
  type InitOptions,
  isJugRunning,
  setJugdir,
} from "./engine/program.ts";
export type { Exports } from "./engine/load.ts";
export type { ErrorReport, TaskFailure } from "./engine/messages.ts";
