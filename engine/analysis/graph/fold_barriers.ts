/**
 * Folds the barriers that a jugfile has reached: one node for each line of code, between the nodes of tasks that it
 * waits for and those of tasks that follow.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { Frame } from "../../../core/session/frame.ts";
import type { Session } from "../../../core/session/session.ts";
import type { ReachedBarrier } from "../../inspect/reached_barriers.ts";
import type { GraphBarrier } from "./model.ts";

/** What is known of the session's tasks, in the order of declaration. */
export interface DeclaredNodes {
  /** The node of each task. */
  readonly nodes: Int32Array;
  /** 1 for each task that is finished. */
  readonly isFinished: Uint8Array;
}

/** The session and its barriers. */
export interface BarrierSource {
  readonly session: Pick<Session, "tasks">;
  readonly barriers: Iterable<ReachedBarrier>;
}

interface Draft {
  readonly id: number;
  readonly first: ReachedBarrier;
  times: number;
  waitsFor: number;
  unfinished: number;
  readonly before: Set<number>;
  readonly after: Set<number>;
  readonly follows: Set<number>;
}

/** Returns the barriers, in the order in which they were first reached. */
export function foldBarriers({ session, barriers }: BarrierSource, declared: DeclaredNodes): readonly GraphBarrier[] {
  const reached = [...barriers];
  if (reached.length === 0) return [];
  const tasks = new NumberedTasks(session, declared);
  const drafts = new Map<string, Draft>();
  const draftOf = (each: ReachedBarrier): Draft => {
    const { place } = each.barrier;
    const key = `${each.opened !== undefined} ${place?.line} ${place?.file}`;
    const draft = drafts.get(key) ?? newDraft(drafts.size, each);
    drafts.set(key, draft);
    return draft;
  };
  for (const each of reached) {
    const draft = draftOf(each);
    draft.times++;
    Object.assign(draft, tasks.countsOf(each));
    tasks.addBefore(each, draft.before);
    tasks.addAfter(each, draft.after);
    if (each.previous !== undefined && each.since === each.held) draft.follows.add(draftOf(each.previous).id);
  }
  return [...drafts.values()].map(({ id, first, times, waitsFor, unfinished, before, after, follows }) => ({
    place: first.barrier.place,
    isMet: first.opened !== undefined,
    ...{ times, waitsFor, unfinished },
    before: sorted(before),
    after: sorted(after),
    // Barriers in a loop follow themselves.
    follows: sorted(follows).filter((other) => other !== id),
  }));
}

function newDraft(id: number, first: ReachedBarrier): Draft {
  return {
    ...{ id, first, times: 0, waitsFor: 0, unfinished: 0 },
    before: new Set(),
    after: new Set(),
    follows: new Set(),
  };
}

function sorted(numbers: ReadonlySet<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** The tasks of a session by their position in the order of declaration. */
class NumberedTasks {
  readonly #nodes: Int32Array;
  readonly #isFinished: Uint8Array;
  readonly #positions = new Map<Hash, number>();
  /** How many of the tasks before each position are not finished. */
  readonly #unfinished: Int32Array;

  constructor({ tasks }: Pick<Session, "tasks">, { nodes, isFinished }: DeclaredNodes) {
    this.#nodes = nodes;
    this.#isFinished = isFinished;
    for (const hash of tasks.keys()) this.#positions.set(hash, this.#positions.size);
    this.#unfinished = new Int32Array(nodes.length + 1);
    for (let at = 0; at < nodes.length; at++) {
      this.#unfinished[at + 1] = (this.#unfinished[at] ?? 0) + (isFinished[at] === 1 ? 0 : 1);
    }
  }

  /** Returns how many tasks a barrier waits for, and how many of these are not finished. */
  countsOf({ barrier: { waitsFor } }: ReachedBarrier): Pick<GraphBarrier, "waitsFor" | "unfinished"> {
    if (waitsFor.kind === "tasks") {
      const hashes = [...new Set(waitsFor.hashes)];
      return { waitsFor: hashes.length, unfinished: this.#countUnfinished(hashes) };
    }
    let [all, unfinished] = [0, 0];
    for (const { frame, count } of waitsFor.stretches) {
      all += count;
      unfinished += frame === undefined
        ? this.#unfinished[count] ?? 0
        : this.#countUnfinished(frame.declared.slice(0, count));
    }
    return { waitsFor: all, unfinished };
  }

  /** Adds the nodes of the tasks that a barrier waits for, since the last barrier. */
  addBefore({ barrier: { waitsFor, frame }, since, held }: ReachedBarrier, nodes: Set<number>): void {
    if (waitsFor.kind === "tasks") { for (const hash of waitsFor.hashes) this.#add(this.#positions.get(hash), nodes); }
    else this.#addRange(frame, since, held, nodes);
  }

  /** Adds the nodes of the tasks that were declared after a barrier, up to the next. */
  addAfter({ barrier: { frame }, opened, until }: ReachedBarrier, nodes: Set<number>): void {
    if (opened !== undefined) this.#addRange(frame, opened, until, nodes);
  }

  #addRange(frame: Frame | undefined, from: number, to: number | undefined, nodes: Set<number>): void {
    if (frame === undefined) {
      for (let at = from; at < (to ?? this.#nodes.length); at++) this.#add(at, nodes);
    } else {
      for (const hash of frame.declared.slice(from, to)) this.#add(this.#positions.get(hash), nodes);
    }
  }

  #add(position: number | undefined, nodes: Set<number>): void {
    const node = position === undefined ? undefined : this.#nodes[position];
    if (node !== undefined) nodes.add(node);
  }

  #countUnfinished(hashes: readonly Hash[]): number {
    return hashes.filter((hash) => this.#isFinished[this.#positions.get(hash) ?? -1] !== 1).length;
  }
}
