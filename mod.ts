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
export { hashValue } from "./core/hash.ts";
export { HASH_METHOD } from "./core/kinds.ts";
export { type SelfValued, VALUE_METHOD } from "./core/self_valued.ts";
export { type CompoundGenerator, CompoundTask, CompoundTaskGenerator } from "./core/compound.ts";
export { describe, type Description, type RunDescription } from "./core/describe.ts";
export { JugError, type JugErrorKind, type JugErrorOptions } from "./core/errors.ts";
export {
  type ExecutionTally,
  type Hook,
  type HookName,
  type HookPayloads,
  registerHook,
  registerHookOnce,
  type TaskTally,
} from "./core/hooks.ts";
export { identity } from "./core/identity.ts";
export { type Iterated, iterateTask, returnTuple, type TupleGenerator } from "./core/iterate_task.ts";
export { mapreduce } from "./core/mapreduce.ts";
export type {
  Callee,
  GeneratedFrom,
  InputOf,
  Inputs,
  MapOptions,
  MapReduce,
  MapReduceOptions,
  OutputOf,
  PlainOf,
  ReduceOptions,
  Reducer,
} from "./core/mapreduce/types.ts";
export type { PlainData } from "./core/plain_data.ts";
export type { HookRun } from "./core/session.ts";
export { isTask, TaskGenerator } from "./core/task.ts";
export { type GeneratorsOf, TaskGenerators } from "./core/task_generators.ts";
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
  RunOptions,
  Sequence,
  Shared,
  Task,
  TaskArg,
  TaskArgs,
  Tasklet,
  TaskOptions,
  ValueOf,
  Wrapped,
} from "./core/types.ts";
export type { GeneratorMark, Hash, Node, Wrapper, WrapperHash } from "./core/brand.ts";
export { barrier, bvalue, value } from "./core/value.ts";
export { valueAfter } from "./core/value_after.ts";
export { customHash, noHash, noLoad, shared } from "./core/wrappers.ts";
export { CachedFunction } from "./engine/helpers/cached_function.ts";
export { cachedGlob } from "./engine/helpers/cached_glob.ts";
export {
  exitAfterTasks,
  exitAfterTime,
  exitIfFileExists,
  exitWhenTrue,
  type TimeLimit,
} from "./engine/helpers/exit_checks.ts";
export { type CommandOptions, runCommand } from "./engine/helpers/run_command.ts";
export { timedPath } from "./engine/helpers/timed_path.ts";
export { timeTasks } from "./engine/helpers/time_tasks.ts";
export {
  type MetadataOptions,
  type TaskOutOptions,
  type TextFormat,
  writeMetadata,
  writeTaskOut,
} from "./engine/helpers/write_task_out.ts";
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
export type {
  Backend,
  Change,
  Claimant,
  ClaimOutcome,
  CodeEntry,
  CodeTable,
  CompleteOutcome,
  Completion,
  FailureEntry,
  FailureReport,
  Lock,
  LockEntry,
  Membership,
  Owner,
  ReleaseOutcome,
} from "./backends/backend.ts";
export { openBackend, type OpenOptions } from "./backends/open.ts";
export type { Exports } from "./engine/load.ts";
export {
  type JugSession,
  openSession,
  type OpenSessionOptions,
  type SessionExecuteOptions,
} from "./engine/open_session.ts";
export type { SessionLoad, SessionTask } from "./engine/session_messages.ts";
export type { TaskState } from "./engine/task_state.ts";
export type { Place } from "./core/caller.ts";
export type { ErrorReport, TaskFailure } from "./engine/messages.ts";
export { type TaskContext, taskContext, type TaskLogger } from "./core/task_context.ts";
