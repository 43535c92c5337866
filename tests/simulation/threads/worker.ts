/**
 * A thread of a process. It claims tasks, runs them, and stores their results.
 *
 * @module
 */
import type { Lock } from "../../../backends/backend.ts";
import { type Hash, isHash } from "../../../core/brand.ts";
import { attempt, type Context, pause } from "./context.ts";
import type { Role, SimulatedTask } from "./life.ts";
import { resultText } from "./notes.ts";
import { bytesOfText, textOfBytes } from "./operations.ts";

type WorkerRole = Extract<Role, { kind: "worker" }>;

/**
 * The maximum number of rounds. No run should need that many; a worker that reaches it ends with an unfinished task,
 * which the checker reports.
 */
const MAX_ROUNDS = 2_000;
/** The maximum time of waiting for a change, in milliseconds: each wait takes many calls. */
const MAX_LISTENING_MS = 400;

/** Lives as a worker. Returns whether all went well. */
export async function work(context: Context, role: WorkerRole): Promise<boolean> {
  if (context.seam.ask({ kind: "pause", until: Number.MAX_VALUE, orWhen: "joined" }) !== "joined") return false;
  return await new SimulatedWorker(context, role).run();
}

function hashesOf(texts: Iterable<string>): Hash[] {
  return [...texts].filter(isHash);
}

class SimulatedWorker {
  readonly #context: Context;
  readonly #role: WorkerRole;
  readonly #todo: Map<string, SimulatedTask>;
  #hasFailed = false;
  #isFirstLook = true;

  constructor(context: Context, role: WorkerRole) {
    this.#context = context;
    this.#role = role;
    this.#todo = new Map(role.tasks.map((task) => [task.hash, task]));
  }

  async run(): Promise<boolean> {
    for (let round = 0; round < MAX_ROUNDS && this.#todo.size > 0; round++) {
      const hasWorked = await this.#round();
      // As in the engine, a failure of the backend ends the run.
      if (this.#hasFailed) return false;
      if (!hasWorked && this.#todo.size > 0) await this.#idle();
    }
    return this.#todo.size === 0;
  }

  async #round(): Promise<boolean> {
    const { backend, random } = this.#context;
    // As in the engine, results that are already known are not looked up at each step.
    if (this.#isFirstLook || random() < 0.5) {
      const found = await this.#call("has", () => backend.has(hashesOf(this.#todo.keys())));
      if (found === undefined) return false;
      for (const hash of found) this.#todo.delete(hash);
      this.#isFirstLook = false;
    }
    const ready = [...this.#todo.values()].filter(({ needs }) => needs.every((need) => !this.#todo.has(need)));
    if (ready.length === 0) return false;
    const start = this.#role.inOrder ? 0 : Math.floor(random() * ready.length);
    const chosen = [...ready.slice(start), ...ready.slice(0, start)].slice(0, this.#role.batch);
    return await this.#claim(chosen);
  }

  async #claim(chosen: readonly SimulatedTask[]): Promise<boolean> {
    const { backend, seam, life } = this.#context;
    const hashes = hashesOf(chosen.map((task) => task.hash));
    const claimant = { owner: life.process, thread: this.#role.thread };
    seam.note({ kind: "claiming", hashes });
    const outcomes = await this.#call("claim", () => backend.claim(hashes, claimant));
    let hasWorked = false;
    const claimed: [SimulatedTask, Lock][] = [];
    for (const [index, task] of chosen.entries()) {
      const outcome = outcomes?.[index];
      if (outcome?.kind === "finished") this.#todo.delete(task.hash);
      if (outcome?.kind === "claimed") {
        const { lock, stolen } = outcome;
        seam.note({ kind: "claimed", hash: lock.hash, token: lock.token, stolen });
        claimed.push([task, lock]);
      }
      hasWorked ||= outcome !== undefined && outcome.kind !== "held";
    }
    if (this.#role.holdMs > 0 && claimed.length > 0) pause(this.#context, this.#role.holdMs);
    for (const [task, lock] of claimed) {
      if (this.#hasFailed) break;
      await this.#runTask(task, lock);
    }
    return hasWorked;
  }

  async #runTask(task: SimulatedTask, lock: Lock): Promise<void> {
    const { backend, seam, random } = this.#context;
    const { hash, token } = lock;
    const canRun = await this.#loadNeeds(task);
    if (this.#hasFailed) return;
    if (!canRun) return await this.#giveUp(lock, "released");
    seam.note({ kind: "running", hash, token });
    pause(this.#context, task.runMs);
    if (random() < this.#role.failing) return await this.#giveUp(lock, random() < 0.5 ? "failed" : "released");
    seam.note({ kind: "completing", hash, token });
    const bytes = bytesOfText(resultText(hash, token));
    const outcomes = await this.#call("complete", () => backend.complete([{ hash, bytes, lock }]));
    const [outcome] = outcomes ?? [];
    if (outcome === undefined) return;
    seam.note({ kind: "completed", hash, token, outcome });
    if (outcome !== "lost") this.#todo.delete(hash);
  }

  async #giveUp(lock: Lock, how: "failed" | "released"): Promise<void> {
    const { backend, seam } = this.#context;
    const { hash, token } = lock;
    seam.note({ kind: "giving up", hash, token, how });
    const bytes = bytesOfText("it failed");
    if (how === "failed") await this.#call("fail", () => backend.fail([{ lock, bytes }]));
    else await this.#call("release", () => backend.release([lock]));
  }

  async #loadNeeds({ needs }: SimulatedTask): Promise<boolean> {
    const { backend, seam } = this.#context;
    if (needs.length === 0) return true;
    seam.note({ kind: "loading" });
    const found = await this.#call("load", () => backend.load(hashesOf(needs)));
    if (found === undefined) return false;
    let isComplete = true;
    for (const [index, hash] of needs.entries()) {
      const bytes = found[index];
      seam.note(bytes === undefined ? { kind: "loaded", hash } : { kind: "loaded", hash, text: textOfBytes(bytes) });
      if (bytes !== undefined) continue;
      // The result was removed. Its task must be computed again first.
      isComplete = false;
      const need = this.#role.tasks.find((task) => task.hash === hash);
      if (need !== undefined) this.#todo.set(hash, need);
    }
    return isComplete;
  }

  async #idle(): Promise<void> {
    const { backend, seam, timers, random } = this.#context;
    const { idleMs, listening } = this.#role;
    if (random() < listening) {
      const abort = new AbortController();
      const callOff = timers.timer(() => abort.abort(), Math.min(idleMs, MAX_LISTENING_MS));
      await this.#call("waitForChange", () => backend.waitForChange(abort.signal));
      callOff();
      return;
    }
    seam.ask({ kind: "meet", everyMs: idleMs });
  }

  async #call<T>(call: string, act: () => Promise<T>): Promise<T | undefined> {
    const tried = await attempt(this.#context, call, act);
    if (tried.ok) return tried.value;
    this.#hasFailed = true;
    return undefined;
  }
}
