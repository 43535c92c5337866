/**
 * The dependency graph: which tasks are ready, kept up to date with no rescans.
 *
 * ```
 *  unchecked ──► waiting ──► ready ──► claimed ──► finished
 *      │            ▲          │ ▲        │
 *      └────────────┼──────────┘ └─ held ◄┤ (another worker has it)
 *        finished ──┘ (its result was     └──► failed
 *                      lost or damaged)
 * ```
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { requiredTasks } from "../../core/session/node.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { Barriers } from "./barriers.ts";
import { countedState, type GraphNode, loadedBy, type MutableNode, type NodeState } from "./graph_node.ts";
import { type NameCount, NameCounts } from "./name_counts.ts";
import { ReadyQueue } from "./ready_queue.ts";

/** What to do with a ready task: take it, look at it again the next time, or take no further one now. */
export type Choice = "take" | "park" | "stop";

/** How many tasks are in each state. */
export type StateCounts = Readonly<Record<NodeState, number>>;

/** Options of a {@linkcode Graph}. */
export interface GraphOptions {
  /** Which tasks may be executed, by name. */
  readonly isWanted: (name: string) => boolean;
  /** Where in a list of ready tasks this worker begins, from 0 to 1, so that workers do not fight for the same locks. */
  readonly start: number;
}

/** The tasks of a session and what is known of them. */
export class Graph {
  readonly #nodes = new Map<Hash, MutableNode>();
  readonly #counts: Record<NodeState, number> = {
    unchecked: 0,
    waiting: 0,
    ready: 0,
    claimed: 0,
    held: 0,
    finished: 0,
    failed: 0,
  };
  readonly #names = new NameCounts();
  readonly #options: GraphOptions;
  readonly #unchecked: MutableNode[] = [];
  /** Ready tasks that may not begin yet, by name: of one name all wait for the same. */
  readonly #parked = new Map<string, MutableNode[]>();
  readonly #held = new Set<MutableNode>();
  readonly #queue: ReadyQueue;
  readonly #declared: Hash[] = [];
  /** The barriers that have not opened. */
  readonly barriers: Barriers = new Barriers({
    isFinished: (hash) => (this.#nodes.get(hash)?.state ?? "finished") === "finished",
    declared: this.#declared,
  });
  /** Compound tasks that have no result, whose functions are to be called. */
  #toOpen: DeclaredTask[] = [];

  constructor(options: GraphOptions) {
    this.#options = options;
    this.#queue = new ReadyQueue(options.start);
  }

  /** How many tasks are in each state. */
  get counts(): StateCounts {
    return this.#counts;
  }

  /** How many tasks there are. */
  get size(): number {
    return this.#nodes.size;
  }

  /** All tasks, in the order of their declaration. */
  nodes(): Iterable<GraphNode> {
    return this.#nodes.values();
  }

  /** All tasks, in the order of their declaration. */
  get declared(): readonly Hash[] {
    return this.#declared;
  }

  node(hash: Hash): GraphNode | undefined {
    return this.#nodes.get(hash);
  }

  /** How the tasks of each name stand that this run may execute: the names where something changed since the last call. */
  takeChangedNames(): NameCount[] {
    return this.#names.takeChanged();
  }

  /** The first few tasks that somebody else has. */
  firstHeld(limit: number): DeclaredTask[] {
    const first: DeclaredTask[] = [];
    for (const { task } of this.#held) {
      if (first.length === limit) break;
      first.push(task);
    }
    return first;
  }

  /** The tasks that somebody else has. */
  held(): DeclaredTask[] {
    return [...this.#held].map((node) => node.task);
  }

  /** Adds a task that was declared; what it depends on was declared before it. */
  add(task: DeclaredTask): void {
    const wanted = this.#options.isWanted(task.name);
    const node: MutableNode = {
      task,
      wanted,
      state: "unchecked",
      remaining: 0,
      isLost: false,
      isShut: task.compound !== undefined && !task.compound.isOpen,
      dependents: undefined,
      loads: undefined,
      served: 0,
      isWithSibling: false,
      count: wanted ? this.#names.add(task.name, "unchecked") : undefined,
    };
    if (task.dependencies.length > 0) this.#depend(node, requiredTasks(task.dependencies));
    if (node.isShut) node.remaining++;
    this.#nodes.set(task.hash, node);
    this.#declared.push(task.hash);
    this.#counts.unchecked++;
    this.#unchecked.push(node);
  }

  #depend(node: MutableNode, required: readonly DeclaredTask[]): void {
    for (const { hash } of required) {
      const base = this.#nodes.get(hash);
      if (base === undefined) continue;
      (base.dependents ??= []).push(node);
      if (base.state !== "finished") node.remaining++;
    }
  }

  /** The compound tasks whose functions are to be called, each told once. */
  takeToOpen(): readonly DeclaredTask[] {
    const tasks = this.#toOpen;
    if (tasks.length > 0) this.#toOpen = [];
    return tasks;
  }

  /** Whether {@linkcode takeToOpen} would tell any. */
  get hasToOpen(): boolean {
    return this.#toOpen.length > 0;
  }

  /** The function of a compound task is over: now it depends on what it declared, too. */
  open(task: DeclaredTask): void {
    const node = this.#nodes.get(task.hash);
    if (node === undefined || !node.isShut) return;
    // What it depended on before is counted a second time, which is taken back a second time.
    this.#depend(node, requiredTasks(task.dependencies));
    node.isShut = false;
    node.remaining--;
    if (node.remaining === 0 && node.state === "waiting") this.#makeAvailable(node);
  }

  /** Runs a task before all others, even one that `--target` leaves out: the jugfile cannot be loaded without it. */
  urge(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node === undefined) return;
    node.wanted = true;
    node.count ??= this.#names.add(node.task.name, node.state);
    if (node.state === "ready") this.#queue.addFirst(node);
  }

  /** Whether there are tasks of which nobody asked yet whether they have a result. */
  get hasUnchecked(): boolean {
    return this.#unchecked.length > 0;
  }

  /** Tasks of which nobody asked yet whether they have a result. */
  unchecked(): Hash[] {
    return this.#unchecked.map((node) => node.task.hash);
  }

  /** Those still unchecked among the first `count` have no result: they wait or are ready. */
  settleUnchecked(count: number = this.#unchecked.length): void {
    const ready: MutableNode[] = [];
    for (const node of this.#unchecked.splice(0, count)) {
      if (node.state !== "unchecked") continue;
      const isReady = node.remaining === 0;
      this.#move(node, isReady ? "ready" : "waiting");
      if (isReady && node.wanted) ready.push(node);
      if (node.isShut) this.#toOpen.push(node.task);
    }
    this.#queue.addAll(ready);
  }

  /** The ready tasks that come next, at most `limit`, leaving aside those whose dependencies this worker just produced. */
  ahead(limit: number): DeclaredTask[] {
    return this.#queue.ahead(limit);
  }

  /** Somebody else works where this worker does: it goes on elsewhere, and comes back to the rest in the end. */
  moveAway(): void {
    this.#queue.moveAway();
  }

  /** Takes up to `limit` ready tasks for this worker to claim, as `choose` says. */
  take(limit: number, choose: (task: DeclaredTask) => Choice): DeclaredTask[] {
    const taken: DeclaredTask[] = [];
    if (this.#parked.size > 0) this.#takeParked(limit, choose, taken);
    while (taken.length < limit) {
      const node = this.#queue.next();
      if (node === undefined) break;
      const parked = this.#parked.get(node.task.name);
      const choice = parked === undefined ? choose(node.task) : "park";
      if (choice === "stop") break;
      this.#queue.drop(node);
      if (choice === "take") this.#claimNode(node, taken);
      else if (parked !== undefined) parked.push(node);
      else this.#parked.set(node.task.name, [node]);
    }
    return taken;
  }

  #claimNode(node: MutableNode, taken: DeclaredTask[]): void {
    this.#move(node, "claimed");
    taken.push(node.task);
  }

  /** Of each name that had to wait, as many as may begin now. */
  #takeParked(limit: number, choose: (task: DeclaredTask) => Choice, taken: DeclaredTask[]): void {
    for (const [name, nodes] of this.#parked) {
      let next = 0;
      for (; next < nodes.length && taken.length < limit; next++) {
        const node = nodes[next];
        if (node === undefined || node.state !== "ready") continue;
        if (choose(node.task) !== "take") break;
        this.#claimNode(node, taken);
      }
      if (next === nodes.length) this.#parked.delete(name);
      else if (next > 0) nodes.splice(0, next);
    }
  }

  /** Whether there are ready tasks that had to wait when they were last looked at. */
  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  /** Whether a task can be taken, leaving aside those that were parked. */
  hasReady(): boolean {
    return this.#queue.next() !== undefined;
  }

  #move(node: MutableNode, state: NodeState): void {
    if (node.state === "held") this.#held.delete(node);
    if (state === "held") this.#held.add(node);
    this.#counts[node.state]--;
    this.#counts[state]++;
    if (node.count !== undefined) {
      this.#names.move(node.count, countedState(node, node.state), countedState(node, state));
    }
    node.state = state;
  }

  /** The task has a result. `here`: this worker produced it, so what it made ready comes next. */
  finish(hash: Hash, here = false): void {
    const node = this.#nodes.get(hash);
    if (node === undefined || node.state === "finished") return;
    this.#move(node, "finished");
    node.isLost = false;
    node.loads = undefined;
    for (const dependent of node.dependents ?? []) {
      dependent.remaining--;
      if (dependent.remaining > 0 || dependent.state !== "waiting") continue;
      this.#move(dependent, "ready");
      if (!dependent.wanted) continue;
      if (here) this.#queue.addFirst(dependent);
      else this.#queue.addLast(dependent);
    }
    this.barriers.finish(hash);
  }

  /** Whether the task has, or had, a result that was seen. */
  wasFinished(hash: Hash): boolean {
    const node = this.#nodes.get(hash);
    return node !== undefined && (node.state === "finished" || node.isLost);
  }

  /** The result of a finished task turned out to be damaged, or was removed: it must run again. */
  lose(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node === undefined || node.state !== "finished") return;
    node.isLost = true;
    for (const dependent of node.dependents ?? []) {
      dependent.remaining++;
      if (dependent.state === "ready") this.#move(dependent, "waiting");
    }
    this.barriers.lose(hash);
    this.#makeAvailable(node);
  }

  /** Whether a task that this run may still execute needs the result of this one. */
  isNeeded(hash: Hash): boolean {
    const node = this.#nodes.get(hash);
    if (node?.dependents === undefined) return false;
    for (; node.served < node.dependents.length; node.served++) {
      const dependent = node.dependents[node.served];
      if (dependent === undefined || !dependent.wanted) continue;
      if (dependent.state === "finished" || dependent.state === "failed") continue;
      dependent.loads ??= loadedBy(dependent.task);
      if (dependent.loads === "all" || dependent.loads.has(hash)) return true;
    }
    return false;
  }

  /** The results that were needed by this task, which is over, and are needed by no other. */
  noLongerNeeded({ dependencies }: DeclaredTask): Hash[] {
    if (dependencies.length === 0) return [];
    const required = requiredTasks(dependencies).map((task) => task.hash);
    return required.filter((hash) => !this.isNeeded(hash));
  }

  /** The task may be claimed again: its claim was given up, here or elsewhere. */
  giveBack(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node !== undefined && (node.state === "claimed" || node.state === "held")) this.#makeAvailable(node);
  }

  #makeAvailable(node: MutableNode): void {
    const isReady = node.remaining === 0;
    if (node.state === "finished" && node.task.dependencies.length > 0) {
      for (const { hash } of requiredTasks(node.task.dependencies)) {
        const base = this.#nodes.get(hash);
        if (base !== undefined) base.served = 0;
      }
    }
    this.#move(node, isReady ? "ready" : "waiting");
    if (isReady && node.wanted) this.#queue.addLast(node);
    if (node.isShut) this.#toOpen.push(node.task);
  }

  /** Somebody else has the task. `isSibling`: another worker of this process, which tells of it by itself. */
  hold(hash: Hash, isSibling = false): void {
    const node = this.#nodes.get(hash);
    if (node === undefined || (node.state !== "ready" && node.state !== "claimed")) return;
    node.isWithSibling = isSibling;
    this.#move(node, "held");
  }

  /** The task failed, and this run does not try it again. */
  fail(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node !== undefined && node.state !== "finished") this.#move(node, "failed");
  }
}
