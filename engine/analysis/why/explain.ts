/**
 * Explains why tasks are in their state.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { tasksOf } from "../../../core/session/barrier.ts";
import type { Barrier } from "../../../core/session/barrier_keeper.ts";
import type { DeclaredTask } from "../../../core/session/session.ts";
import { codeState } from "../../results/changed_code.ts";
import { decodeFailure } from "../../results/failures.ts";
import { readHeads } from "../../results/result_heads.ts";
import { listRuns } from "../runs.ts";
import type { Absence, Again, Answer, FailedAnswer, FinishedAnswer, RootGroup, WaitingAnswer } from "./answer.ts";
import { differencesOf } from "./differences.ts";
import { presentCall, recordedCall, whyAgain } from "./former.ts";
import { readyReason } from "./ready.ts";
import type { QuickState, Situation } from "./situation.ts";

/** The order in which the causes of waiting are listed: first what does not end by itself. */
const URGENCY: Readonly<Record<Exclude<QuickState, "finished" | "waiting" | "unopened">, number>> = {
  failed: 0,
  abandoned: 1,
  ready: 2,
  queued: 3,
  running: 4,
};
/** So many groups of causes are explained. */
const MOST_GROUPS = 10;
/** The most tasks of the jugfile that a stored result is compared with. */
const COMPARED = 10_000;

/** Explains a task of the jugfile. */
export async function explainTask(situation: Situation, task: DeclaredTask): Promise<Answer> {
  const { hash } = task;
  const state = situation.stateOf(hash);
  if (state === "waiting" || state === "unopened") return await explainWaiting(situation, task);
  const answer = await explainRoot(situation, task, state);
  return answer.kind === "ready" ? { ...answer, again: await again(situation, task) } : answer;
}

/** Explains why a task without a result has none. */
export async function again(situation: Situation, task: DeclaredTask): Promise<Again> {
  return await whyAgain({
    backend: situation.backend,
    tasks: situation.session.tasks,
    runs: () => listRuns(situation.backend),
    finishedDependent: (hash) => situation.finishedDependent(hash),
  }, task);
}

/** Explains a task that needs nothing which is missing. */
async function explainRoot(
  situation: Situation,
  task: DeclaredTask,
  state: Exclude<QuickState, "waiting" | "unopened">,
): Promise<Exclude<Answer, WaitingAnswer>> {
  const holder = situation.holders.get(task.hash);
  switch (state) {
    case "finished":
      return await explainFinished(situation, task);
    case "failed":
      return await explainFailed(situation, task.hash);
    case "ready":
      return { kind: "ready", reason: readyReason(situation, task), again: undefined };
    case "running":
    case "queued":
    case "abandoned": {
      if (holder === undefined) return { kind: "ready", reason: readyReason(situation, task), again: undefined };
      if (state === "running") return { kind: "running", holder };
      if (state === "abandoned") return { kind: "abandoned", holder, workers: situation.workerCount };
      const first = [...situation.holders.values()].find((other) =>
        other.owner === holder.owner && other.thread === holder.thread && !other.isQueued
      );
      return { kind: "queued", holder, behind: first && situation.nameOf(first.hash) };
    }
  }
}

async function explainFinished({ backend }: Situation, task: DeclaredTask): Promise<FinishedAnswer> {
  for await (const { meta } of readHeads(backend, [task.hash])) {
    const { start, finish, worker, code } = meta;
    return { kind: "finished", run: { start, finish, worker }, code: await codeState(backend, task, code) };
  }
  return { kind: "finished", run: undefined, code: "unknown" };
}

async function explainFailed({ backend }: Situation, hash: Hash): Promise<FailedAnswer> {
  const [bytes] = await backend.loadFailures([hash]);
  const record = bytes && decodeFailure(bytes);
  if (record?.kind !== "failure") return { kind: "failed", failure: undefined };
  const { error, message, frames: [frame], attempt, time, host, pid, kept } = record.failure;
  return { kind: "failed", failure: { error, message, frame, attempt, time, host, pid, kept } };
}

async function explainWaiting(situation: Situation, task: DeclaredTask): Promise<WaitingAnswer> {
  const { hash } = task;
  const isUnopened = situation.isUnopened(hash);
  const { groups, below } = await rootsBelow(situation, [hash]);
  return {
    kind: "waiting",
    missing: situation.missing(hash).length,
    needed: situation.needed(hash),
    below: below - 1,
    roots: groups,
    barrier: isUnopened ? barrierOf(situation, task)?.place : undefined,
    isUnopened,
    again: await again(situation, task),
  };
}

/** Returns the barrier at which the function of a compound task waits. */
function barrierOf({ unmetBarriers }: Situation, { compound }: DeclaredTask): Barrier | undefined {
  return unmetBarriers.find(({ frame }) => frame !== undefined && frame === compound?.frame);
}

/** Returns what a task without a result waits for. */
function blockersOf(situation: Situation, hash: Hash): readonly Hash[] {
  const missing = situation.missing(hash);
  const task = situation.declared(hash);
  const barrier = task && situation.isUnopened(hash) ? barrierOf(situation, task) : undefined;
  return barrier === undefined ? missing : [...missing, ...unfinishedOf(situation, barrier)];
}

/** Returns the tasks without a result that a barrier waits for. */
function unfinishedOf({ session, finished }: Situation, { waitsFor }: Barrier): readonly Hash[] {
  return [...new Set(tasksOf(session, waitsFor))].filter((hash) => !finished.has(hash));
}

/** Follows the tasks that are missing down to those that need nothing which is missing, and explains these. */
async function rootsBelow(situation: Situation, from: readonly Hash[]) {
  const seen = new Set<Hash>(from);
  const groups = new Map<string, { state: keyof typeof URGENCY; first: Hash; count: number }>();
  // Iterating over a Set also visits the elements that are added meanwhile.
  for (const hash of seen) {
    const state = situation.stateOf(hash);
    if (state === "finished") continue;
    if (state === "waiting" || state === "unopened") {
      for (const needed of blockersOf(situation, hash)) seen.add(needed);
      continue;
    }
    const key = `${state} ${situation.declared(hash)?.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { state, first: hash, count: 1 });
    else group.count++;
  }
  const sorted = [...groups.values()].sort((a, b) => URGENCY[a.state] - URGENCY[b.state] || b.count - a.count);
  const explained: RootGroup[] = [];
  for (const { state, first, count } of sorted.slice(0, MOST_GROUPS)) {
    const task = situation.declared(first);
    if (task === undefined) continue;
    const answer = await explainRoot(situation, task, state);
    // Why the first of them has to run is often why the others have to.
    const isFirst = explained.every(({ answer }) => answer.kind !== "ready");
    const whole = answer.kind === "ready" && isFirst ? { ...answer, again: await again(situation, task) } : answer;
    explained.push({ count, task: situation.nameOf(first), answer: whole });
  }
  return { groups: explained, below: seen.size };
}

/**
 * Explains why the jugfile does not declare a task.
 *
 * @param isMeant Whether a run belongs to it.
 * @returns `undefined` if nothing is known of such a task.
 */
export async function explainAbsence(
  situation: Situation,
  name: string,
  isMeant: (run: { readonly name: string; readonly hash: Hash }) => boolean,
): Promise<Absence | undefined> {
  let [stored, last]: [number, { hash: Hash; name: string; finish: number; worker: string } | undefined] = [
    0,
    undefined,
  ];
  for await (const batch of listRuns(situation.backend)) {
    for (const run of batch) {
      if (run.kind !== "result" || !isMeant(run)) continue;
      stored++;
      if (last === undefined || run.finish > last.finish) last = run;
    }
  }
  const [barrier] = situation.unmetBarriers;
  if (barrier !== undefined) {
    const missing = unfinishedOf(situation, barrier);
    const { groups } = await rootsBelow(situation, missing);
    const place = barrier.place ?? { file: situation.session.jugfile ?? "", line: 0 };
    return { kind: "hidden", name: last?.name ?? name, barrier: place, missing: missing.length, roots: groups, stored };
  }
  if (last === undefined) return undefined;
  const { hash, finish, worker } = last;
  return {
    kind: "undeclared",
    name: last.name,
    hash: stored === 1 ? hash : undefined,
    stored,
    last: { finish, worker },
    closest: await closestDeclared(situation, last),
  };
}

/** Returns the task of the jugfile that differs least from a stored result. */
async function closestDeclared(situation: Situation, { hash, name }: { readonly hash: Hash; readonly name: string }) {
  const named = situation.tasks.filter((task) => task.name === name).slice(0, COMPARED);
  if (named.length === 0) return undefined;
  for await (const { meta } of readHeads(situation.backend, [hash])) {
    const former = recordedCall(meta);
    if (former === undefined) return undefined;
    const compared = named.flatMap(({ hash }) => {
      const task = situation.declared(hash);
      const call = task && presentCall(task);
      return call === undefined ? [] : [{ hash, differences: differencesOf(former, call, task?.args) }];
    });
    const [first, ...rest] = compared;
    if (first === undefined) return undefined;
    const closest = rest.reduce(
      (best, next) => next.differences.length < best.differences.length ? next : best,
      first,
    );
    return { task: situation.nameOf(closest.hash), differences: closest.differences };
  }
  return undefined;
}
