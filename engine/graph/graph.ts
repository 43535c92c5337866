/**
 * The dependency graph, which keeps track of ready tasks without rescans.
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
import { requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { Barriers } from "./barriers.ts";
import { countedState, type GraphNode, loadedBy, type MutableNode, type NodeState } from "./graph_node.ts";
import { type NameCount, NameCounts } from "./name_counts.ts";
import { ReadyQueue } from "./ready_queue.ts";

/** What to do with a ready task: take it, park it until the next call, or take no more tasks now. */
export type Choice = "take" | "park" | "stop";

/** The number of tasks in each state. */
export type StateCounts = Readonly<Record<NodeState, number>>;

/** Options of a {@linkcode Graph}. */
export interface GraphOptions {
  /** Whether tasks of this name may be executed. */
  readonly isWanted: (name: string) => boolean;
  /**
   * Where in a list of ready tasks this worker begins, from 0 to 1, so that workers do not compete for the same locks.
   */
  readonly start: number;
  /** The group of a task. Tasks of one group are cheaper to claim together. */
  readonly groupOf?: ((hash: Hash) => number) | undefined;
}

/** A claim of fewer tasks may take tasks of several groups. */
const FEW = 16;

/** The tasks of a session and their states, as one worker knows them. */
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
  /** Ready tasks that may not begin yet, by name. All tasks of a name wait for the same limit. */
  readonly #parked = new Map<string, MutableNode[]>();
  readonly #held = new Set<MutableNode>();
  readonly #queue: ReadyQueue;
  readonly #declared: Hash[] = [];
  /** A wanted task of each name. */
  readonly #examples = new Map<string, DeclaredTask>();
  /** The barriers that have not opened. */
  readonly barriers: Barriers = new Barriers({
    isFinished: (hash) => (this.#nodes.get(hash)?.state ?? "finished") === "finished",
    declared: this.#declared,
  });
  /** Unopened compound tasks without a result, whose functions are to be called. */
  #toOpen: DeclaredTask[] = [];

  constructor(options: GraphOptions) {
    this.#options = options;
    this.#queue = new ReadyQueue(options.start, options.groupOf);
  }

  /** The number of tasks in each state. */
  get counts(): StateCounts {
    return this.#counts;
  }

  /** The number of tasks. */
  get size(): number {
    return this.#nodes.size;
  }

  /** Returns all tasks, in the order of declaration. */
  nodes(): Iterable<GraphNode> {
    return this.#nodes.values();
  }

  /** The hashes of all tasks, in the order of declaration. */
  get declared(): readonly Hash[] {
    return this.#declared;
  }

  node(hash: Hash): GraphNode | undefined {
    return this.#nodes.get(hash);
  }

  /** Returns the counts of tasks that this run may execute, for the names whose counts changed since the last call. */
  takeChangedNames(): NameCount[] {
    return this.#names.takeChanged();
  }

  /** Returns a task of each name of which this run may still execute tasks. */
  *unfinishedNames(): Generator<DeclaredTask> {
    for (const [name, task] of this.#examples) if (this.#names.isUnfinished(name)) yield task;
  }

  /** Returns up to `limit` tasks that other workers hold. */
  firstHeld(limit: number): DeclaredTask[] {
    const first: DeclaredTask[] = [];
    for (const { task } of this.#held) {
      if (first.length === limit) break;
      first.push(task);
    }
    return first;
  }

  /** Returns the tasks that other workers hold. */
  held(): DeclaredTask[] {
    return [...this.#held].map((node) => node.task);
  }

  /** Adds a declared task. Its dependencies must have been added before. */
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
      isParked: false,
      isComputed: false,
      isWithSibling: false,
      count: wanted ? this.#names.add(task.name, "unchecked") : undefined,
    };
    if (wanted && !this.#examples.has(task.name)) this.#examples.set(task.name, task);
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

  /** Returns the compound tasks to open, and removes them from the list. */
  takeToOpen(): readonly DeclaredTask[] {
    const tasks = this.#toOpen;
    if (tasks.length > 0) this.#toOpen = [];
    return tasks;
  }

  /** Whether {@linkcode Graph.takeToOpen} would return any. */
  get hasToOpen(): boolean {
    return this.#toOpen.length > 0;
  }

  /**
   * Records that the function of a compound task has ended. The task now also depends on what the function returned.
   */
  open(task: DeclaredTask): void {
    const node = this.#nodes.get(task.hash);
    if (node === undefined || !node.isShut) return;
    // Earlier dependencies are registered and counted a second time. When they finish, they are counted down twice.
    this.#depend(node, requiredTasks(task.dependencies));
    node.isShut = false;
    node.remaining--;
    if (node.remaining === 0 && node.state === "waiting") this.#makeAvailable(node);
  }

  /** Moves a task to the front, even if `--target` leaves it out: the jugfile cannot be loaded without its result. */
  urge(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node === undefined) return;
    node.wanted = true;
    node.count ??= this.#names.add(node.task.name, node.state);
    if (node.state === "ready") this.#queue.addFirst(node);
  }

  /** Whether there are tasks for which the backend has not been asked yet whether they have a result. */
  get hasUnchecked(): boolean {
    return this.#unchecked.length > 0;
  }

  /** Returns the tasks for which the backend has not been asked yet whether they have a result. */
  unchecked(): Hash[] {
    return this.#unchecked.map((node) => node.task.hash);
  }

  /**
   * Moves the first `count` of {@linkcode Graph.unchecked} to waiting or ready: those that have not been finished
   * meanwhile have no result.
   */
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

  /** Returns the next ready tasks, at most `limit`, without those whose dependencies this worker just produced. */
  ahead(limit: number): DeclaredTask[] {
    return this.#queue.ahead(limit);
  }

  /**
   * Continues at another place of the list, since another worker works at this one. The tasks left behind come last.
   */
  moveAway(): void {
    this.#queue.moveAway();
  }

  /** Takes up to `limit` ready tasks for this worker to claim. `choose` decides on each. */
  take(limit: number, choose: (task: DeclaredTask) => Choice): DeclaredTask[] {
    const taken: DeclaredTask[] = [];
    if (this.#parked.size > 0) this.#takeParked(limit, choose, taken);
    let last: MutableNode | undefined;
    while (taken.length < limit) {
      const node = this.#queue.nextWith(last) ?? (taken.length < FEW ? this.#queue.next() : undefined);
      if (node === undefined) break;
      last = node;
      const parked = this.#parked.get(node.task.name);
      const choice = parked === undefined ? choose(node.task) : "park";
      if (choice === "stop") break;
      if (choice === "take") this.#claimNode(node, taken);
      else this.#park(node);
    }
    return taken;
  }

  /**
   * Takes waiting tasks that can run one after another behind those in `taken`: they need nothing else that is missing.
   * Appends them to `taken`, in an order in which they can run, up to `limit` in all. Returns which these are.
   */
  takeBehind(taken: DeclaredTask[], limit: number, choose: (task: DeclaredTask) => Choice): ReadonlySet<Hash> {
    const behind = new Set<Hash>();
    const missing = new Map<MutableNode, number>();
    for (const { hash } of taken) {
      for (const node of this.#nodes.get(hash)?.dependents ?? []) {
        if (taken.length >= limit) return behind;
        if (node.state !== "waiting") continue;
        const left = (missing.get(node) ?? node.remaining) - 1;
        missing.set(node, left);
        if (left > 0 || !node.wanted || node.isShut || this.#parked.has(node.task.name)) continue;
        const choice = choose(node.task);
        if (choice === "stop") return behind;
        if (choice === "park") continue;
        this.#claimNode(node, taken);
        behind.add(node.task.hash);
      }
    }
    return behind;
  }

  /** Returns which of the tasks that a task needs have no result, as far as is known. */
  missingFor({ dependencies }: DeclaredTask): Hash[] {
    const hashes = requiredTasks(dependencies).map((task) => task.hash);
    return hashes.filter((hash) => this.#nodes.get(hash)?.state !== "finished");
  }

  #park(node: MutableNode): void {
    node.isParked = true;
    const parked = this.#parked.get(node.task.name);
    if (parked !== undefined) parked.push(node);
    else this.#parked.set(node.task.name, [node]);
  }

  #claimNode(node: MutableNode, taken: DeclaredTask[]): void {
    node.isParked = false;
    this.#move(node, "claimed");
    taken.push(node.task);
  }

  /** Takes parked tasks: of each name, as many as may begin now. */
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

  /** Whether there are ready tasks that could not begin at the last call of {@linkcode Graph.take}. */
  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  /** Whether there are ready tasks that are not parked. */
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

  /**
   * Records that a task has a result.
   *
   * @param here Whether this worker produced it. Then the tasks that it makes ready come next.
   */
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

  /** Whether the task has a result, or had one that was lost. */
  wasFinished(hash: Hash): boolean {
    const node = this.#nodes.get(hash);
    return node !== undefined && (node.state === "finished" || node.isLost);
  }

  /** Records that the result of a finished task is damaged or was removed. The task must run again. */
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

  /** Whether a task that this run may still execute needs this task's result. */
  isNeeded(hash: Hash): boolean {
    const node = this.#nodes.get(hash);
    if (node?.dependents === undefined) return false;
    for (; node.served < node.dependents.length; node.served++) {
      const dependent = node.dependents[node.served];
      if (dependent === undefined || !dependent.wanted) continue;
      if (dependent.isComputed || dependent.state === "finished" || dependent.state === "failed") continue;
      dependent.loads ??= loadedBy(dependent.task);
      if (dependent.loads === "all" || dependent.loads.has(hash)) return true;
    }
    return false;
  }

  /** Records that the function of a claimed task has returned: it needs its inputs no more. */
  compute(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node?.state === "claimed") node.isComputed = true;
  }

  /** Returns the results that this task, which is done with them, needed and that no other task needs. */
  noLongerNeeded({ dependencies }: DeclaredTask): Hash[] {
    if (dependencies.length === 0) return [];
    const required = requiredTasks(dependencies).map((task) => task.hash);
    return required.filter((hash) => !this.isNeeded(hash));
  }

  /** Records that a task may be claimed again, since its claim was released, here or elsewhere. */
  giveBack(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node !== undefined && (node.state === "claimed" || node.state === "held")) this.#makeAvailable(node);
  }

  #makeAvailable(node: MutableNode): void {
    const isReady = node.remaining === 0;
    if (node.state === "finished" || node.isComputed) this.#needInputs(node);
    this.#move(node, isReady ? "ready" : "waiting");
    if (isReady && node.wanted) this.#queue.addLast(node);
    if (node.isShut) this.#toOpen.push(node.task);
  }

  /** Records that a task, which was done with its inputs, needs them again. */
  #needInputs(node: MutableNode): void {
    node.isComputed = false;
    if (node.task.dependencies.length === 0) return;
    for (const { hash } of requiredTasks(node.task.dependencies)) {
      const base = this.#nodes.get(hash);
      if (base !== undefined) base.served = 0;
    }
  }

  /**
   * Records that another worker holds the task.
   *
   * @param isSibling Whether that is a worker of this process, which reports the task's progress itself.
   */
  hold(hash: Hash, isSibling = false): void {
    const node = this.#nodes.get(hash);
    if (node === undefined || (node.state !== "ready" && node.state !== "claimed")) return;
    node.isWithSibling = isSibling;
    if (node.isComputed) this.#needInputs(node);
    this.#move(node, "held");
  }

  /** Records that the task failed. This run does not try it again. */
  fail(hash: Hash): void {
    const node = this.#nodes.get(hash);
    if (node !== undefined && node.state !== "finished") this.#move(node, "failed");
  }
}
