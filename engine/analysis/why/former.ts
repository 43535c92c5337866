/**
 * Finds out why a task has no result: it compares the task with what is stored under its name.
 *
 * @module
 */
import type { Backend, RunEntry } from "../../../backends/backend.ts";
import { listDurations } from "../../../backends/optional_parts.ts";
import { type Hash, isHash } from "../../../core/brand.ts";
import { requiredTasks } from "../../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../../core/session/session.ts";
import type { RecordMeta } from "../../../core/value/record.ts";
import { isSpecial, readArguments, type Recorded } from "../../../core/value/recorded/form.ts";
import { ArgumentRecorder } from "../../../core/value/recorded/recorder.ts";
import { summaryOf } from "../../../core/value/recorded/summary.ts";
import { codeState, readCodes } from "../../results/changed_code.ts";
import { readHeads } from "../../results/result_heads.ts";
import type { Again, Difference, TaskName } from "./answer.ts";
import { type Call, differencesOf, holdsSecret } from "./differences.ts";

/** So many stored results are compared in full: those whose summaries are the most alike. */
const COMPARED = 300;
/** How many are gathered before the least alike are dropped. */
const GATHERED = 4 * COMPARED;
/** How far the cause of a difference is followed through tasks. */
const DEEPEST = 20;

/** The jugfile's tasks and the results of the jugdir. */
export interface StoredFacts {
  readonly backend: Backend;
  readonly tasks: ReadonlyMap<Hash, DeclaredTask>;
  /** Lists all runs. */
  readonly runs: () => AsyncIterable<readonly RunEntry[]>;
  /** Returns a task with a result that needs this one. */
  readonly finishedDependent: (hash: Hash) => TaskName | undefined;
}

/** The results that are stored under a name. */
interface StoredResults {
  /** Those that no task of the jugfile has, the most alike. */
  readonly others: readonly Candidate[];
  /** How many no task of the jugfile has. */
  readonly otherCount: number;
  /** How many there are. */
  readonly count: number;
}

interface Candidate {
  readonly hash: Hash;
  readonly finish: number;
  /** How alike the summaries are. */
  readonly likeness: number;
}

/** Returns a task's present call, as it would be recorded. */
export function presentCall({ args, definition }: Pick<DeclaredTask, "args" | "definition">): Call | undefined {
  const recorded = new ArgumentRecorder().record(args);
  return recorded && { version: definition.version, args: recorded };
}

/** Returns the call that a record tells of; `undefined` if it does not. */
export function recordedCall({ version, args }: RecordMeta): Call | undefined {
  const recorded = readArguments(args);
  return recorded && { version: typeof version === "string" ? version : undefined, args: recorded };
}

/** Returns why a task that has no result has none. */
export async function whyAgain(facts: StoredFacts, task: DeclaredTask): Promise<Again> {
  const { backend } = facts;
  const dependent = facts.finishedDependent(task.hash);
  const call = presentCall(task);
  const summary = call === undefined ? "" : summaryOf(call.args);
  const stored = await storedUnder(facts, task.name, summary);
  if (dependent === undefined && call !== undefined) {
    const closest = await closestOf(facts, task, call, stored.others);
    if (closest !== undefined) {
      const { hash, meta } = closest;
      const differences = await followed(facts, closest.differences, 0);
      return {
        kind: "differs",
        from: { hash, finish: meta.finish, worker: meta.worker },
        others: stored.otherCount,
        differences: [...differences, ...await changedMembers(facts, task, differences, meta.finish)],
        hasSecret: holdsSecret(call.args),
        code: await codeState(backend, task, meta.code),
      };
    }
  }
  const ever = (await listDurations(backend)).find(({ name }) => name === task.name)?.count ?? 0;
  const removed = Math.max(0, ever - stored.count);
  if (dependent !== undefined) return { kind: "removed", dependent, count: removed };
  if (stored.otherCount > 0) return { kind: "unrecorded", others: stored.otherCount };
  const isGone = removed > 0 || stored.count === 0 && await hadResults(backend, task.name);
  if (isGone) return { kind: "removed", dependent: undefined, count: removed };
  return stored.count === 0 ? { kind: "never" } : { kind: "new", others: stored.count };
}

/** Whether a result of the name was ever stored: the code that computed it is kept when the result is removed. */
async function hadResults(backend: Backend, name: string): Promise<boolean> {
  return (await readCodes(backend)).some((code) => code.name === name);
}

/** Finds the results under a name. Reads no records. */
async function storedUnder({ tasks, runs }: StoredFacts, name: string, summary: string): Promise<StoredResults> {
  let others: Candidate[] = [];
  let [count, otherCount] = [0, 0];
  for await (const batch of runs()) {
    for (const run of batch) {
      if (run.name !== name || run.kind !== "result") continue;
      count++;
      if (tasks.has(run.hash)) continue;
      otherCount++;
      others.push({ hash: run.hash, finish: run.finish, likeness: likenessOf(run.args ?? "", summary) });
      if (others.length >= GATHERED) others = mostAlike(others);
    }
  }
  return { others: mostAlike(others), otherCount, count };
}

function mostAlike(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((a, b) => b.likeness - a.likeness || b.finish - a.finish).slice(0, COMPARED);
}

/** Returns how many characters two texts share at the beginning and at the end, as a part of the longer one. */
function likenessOf(a: string, b: string): number {
  const [least, most] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  let same = 0;
  while (same < least && a[same] === b[same]) same++;
  let end = 0;
  while (same + end < least && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return most === 0 ? 1 : (same + end) / most;
}

/** Returns the stored result with the fewest differences, of several the latest. */
async function closestOf({ backend }: StoredFacts, task: DeclaredTask, call: Call, candidates: readonly Candidate[]) {
  let closest: { hash: Hash; meta: RecordMeta; differences: readonly Difference[] } | undefined;
  for await (const { hash, meta } of readHeads(backend, candidates.map(({ hash }) => hash))) {
    const former = recordedCall(meta);
    if (former === undefined || meta.name !== task.name) continue;
    const differences = differencesOf(former, call, task.args);
    const fewer = closest === undefined ? -1 : differences.length - closest.differences.length;
    if (closest === undefined || fewer < 0 || fewer === 0 && meta.finish > closest.meta.finish) {
      closest = { hash, meta, differences };
    }
  }
  return closest;
}

/**
 * Of a long list of tasks, only a digest is recorded. Returns for each such list that differs one task in it that was
 * computed after the former result, and how that one differs from what is stored under its name.
 */
async function changedMembers(
  facts: StoredFacts,
  task: DeclaredTask,
  differences: readonly Difference[],
  since: number,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const difference of differences) {
    const name = difference.kind === "value" ? nameInList(difference.was, difference.is) : undefined;
    if (difference.kind !== "value" || name === undefined) continue;
    const members = new Map(
      requiredTasks(task.dependencies).filter((needed) => needed.name === name).map((needed) => [needed.hash, needed]),
    );
    let member: DeclaredTask | undefined;
    for await (const batch of facts.runs()) {
      for (const run of batch) if (run.kind === "result" && run.finish > since) member ??= members.get(run.hash);
    }
    const call = member && presentCall(member);
    if (member === undefined || call === undefined) continue;
    const { others } = await storedUnder(facts, name, summaryOf(call.args));
    const closest = await closestOf(facts, member, call, others);
    if (closest === undefined) continue;
    const because = await followed(facts, closest.differences, 1);
    const path = `one of ${difference.path}`;
    found.push({ kind: "task", path, name, was: closest.hash, is: member.hash, because });
  }
  return found;
}

/** Returns the name of the tasks in two lists that are recorded by their digests. */
function nameInList(was: Recorded | undefined, is: Recorded | undefined): string | undefined {
  const [former, present] = [was, is].map((value) =>
    value !== undefined && isSpecial(value) && value.$[0] === "cut" && value.$[1] === "array" ? value.$[4] : undefined
  );
  return former === present ? former : undefined;
}

/** Adds to each task that differs how it differs from the former one. */
async function followed(
  facts: StoredFacts,
  differences: readonly Difference[],
  depth: number,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const difference of differences) {
    const because = difference.kind === "task" && depth < DEEPEST
      ? await taskDifferences(facts, difference, depth)
      : undefined;
    found.push(difference.kind === "task" ? { ...difference, because } : difference);
  }
  return found;
}

async function taskDifferences(
  facts: StoredFacts,
  { was, is }: Extract<Difference, { kind: "task" }>,
  depth: number,
): Promise<readonly Difference[] | undefined> {
  if (!isHash(was) || !isHash(is)) return undefined;
  const task = facts.tasks.get(is);
  const call = task && presentCall(task);
  for await (const { meta } of readHeads(facts.backend, [was])) {
    const former = recordedCall(meta);
    if (former === undefined || call === undefined) return undefined;
    return await followed(facts, differencesOf(former, call, task?.args), depth + 1);
  }
  return undefined;
}
