/**
 * The library: everything that a jugfile or a program imports from jug.
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
export { args } from "./core/session/jugfile_args.ts";
export { hashValue } from "./core/value/hash.ts";
export { HASH_METHOD } from "./core/value/kinds.ts";
export { type SelfValued, VALUE_METHOD } from "./core/self_valued.ts";
export { type CompoundGenerator, CompoundTask, CompoundTaskGenerator } from "./core/declare/compound.ts";
export { describe, type Description, type RunDescription } from "./core/session/describe.ts";
export { JugError, type JugErrorKind, type JugErrorOptions } from "./core/errors.ts";
export {
  type ExecutionTally,
  type Hook,
  type HookName,
  type HookPayloads,
  registerHook,
  registerHookOnce,
  type TaskTally,
} from "./core/session/hooks.ts";
export { identity } from "./core/declare/identity.ts";
export { type Iterated, iterateTask, returnTuple, type TupleGenerator } from "./core/declare/iterate_task.ts";
export { mapreduce } from "./core/mapreduce/mapreduce.ts";
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
export type { PlainData } from "./core/value/plain_data.ts";
export type { HookRun } from "./core/session/session.ts";
export { isTask, TaskGenerator } from "./core/declare/task.ts";
export { type GeneratorsOf, TaskGenerators } from "./core/declare/task_generators.ts";
export { tasklet, type TaskletOptions } from "./core/declare/tasklet.ts";
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
  Secret,
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
export { barrier, bvalue, value } from "./core/session/value.ts";
export { secret } from "./core/declare/secret.ts";
export { valueAfter } from "./core/declare/value_after.ts";
export { customHash, noHash, noLoad, shared } from "./core/declare/wrappers.ts";
export { CachedFunction } from "./engine/utilities/cached_function.ts";
export { cachedGlob } from "./engine/utilities/cached_glob.ts";
export {
  exitAfterTasks,
  exitAfterTime,
  exitIfFileExists,
  exitWhenTrue,
  type TimeLimit,
} from "./engine/utilities/exit_checks.ts";
export { type CommandOptions, runCommand } from "./engine/utilities/run_command.ts";
export { timedPath } from "./engine/utilities/timed_path.ts";
export { timeTasks } from "./engine/utilities/time_tasks.ts";
export {
  type MetadataOptions,
  type TaskOutOptions,
  type TextFormat,
  writeMetadata,
  writeTaskOut,
} from "./engine/utilities/write_task_out.ts";
export type { ExecuteOptions, ExecuteSummary } from "./engine/api/execute_options.ts";
export { execute, getTasks, init, type InitOptions, isJugRunning, setJugdir } from "./engine/api/program.ts";
export type {
  Backend,
  Change,
  Claimant,
  ClaimOutcome,
  CodeEntry,
  CodeTable,
  CompleteOutcome,
  Completion,
  DurationSummary,
  FailureEntry,
  FailureReport,
  Lock,
  LockEntry,
  Membership,
  Owner,
  ProcessEntry,
  ReleaseOptions,
  ReleaseOutcome,
  RunEntry,
  RunInfo,
} from "./backends/backend.ts";
export { openBackend } from "./backends/open.ts";
export type { OpenOptions } from "./backends/open_options.ts";
export type { Exports } from "./engine/load/load.ts";
export type { JugSession, SessionExecuteOptions } from "./engine/api/jug_session.ts";
export { openSession, type OpenSessionOptions } from "./engine/api/open_session.ts";
export type { SessionLoad, SessionTask } from "./engine/api/session_messages.ts";
export type { TaskState } from "./engine/inspect/task_state.ts";
export type { Place } from "./core/caller.ts";
export type { ErrorReport, TaskFailure } from "./engine/results/error_report.ts";
export type { TaskContext, TaskLogger } from "./core/session/context.ts";
export { taskContext } from "./core/session/task_context.ts";
