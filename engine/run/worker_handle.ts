/**
 * A worker, as the coordinator sees it.
 *
 * @module
 */
import type { Change } from "../../backends/backend.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { OpenTransport, WorkerTransport } from "../messages/transport.ts";
import type { Hash } from "../../core/brand.ts";
import {
  type BegunTask,
  type FinishHookName,
  type FromWorker,
  MAX_SHOWN,
  type StopReason,
  type WorkerEnd,
  type WorkerSetup,
  type WorkerView,
} from "../messages/messages.ts";
import type { DrainingWorker } from "./drain.ts";

/** How long a worker may take to give its account, in milliseconds. */
const ACCOUNT_MS = 1000;

/** One worker. */
export class WorkerHandle implements DrainingWorker {
  /** How it ended; `undefined` until then, or if it did not end by itself. */
  end: WorkerEnd | undefined;
  /** Whether it has ended, by itself or not. */
  isOver = false;
  /** Whether it can only wait for others. */
  isIdle = false;
  /** Whether it was given up. Its messages no longer count. */
  isGone = false;
  /** Whether it has ever begun a task. */
  hasBegun = false;
  /** Its last view. */
  view: WorkerView | undefined;
  readonly #transport: WorkerTransport;
  #hooksCalled: (() => void) | undefined;
  #accounted: ((end: WorkerEnd) => void) | undefined;

  constructor(
    readonly setup: WorkerSetup,
    open: OpenTransport,
    hear: (worker: WorkerHandle, message: Exclude<FromWorker, { kind: "account" }>) => void,
  ) {
    this.#transport = open(setup.thread, (message) => {
      if (message.kind === "account") this.#accounted?.(message.end);
      else if (!this.isGone) hear(this, message);
      if (this.isOver && endsHooks(message)) this.#hooksCalled?.();
    });
    this.#transport.start(setup);
  }

  /** Unique in a run: a worker that replaces another has an index of its own. */
  get index(): number {
    return this.setup.thread;
  }

  get hasReported(): boolean {
    return this.view !== undefined;
  }

  get lastBegun(): readonly BegunTask[] | undefined {
    const begun = this.view?.begun ?? [];
    return begun.length === 0 || begun.length >= MAX_SHOWN ? undefined : begun;
  }

  /** Makes it give up tasks that cannot end before the process does. */
  giveBack(hashes: readonly Hash[]): void {
    this.#transport.send({ kind: "give-back", hashes });
  }

  /** Sends it what others did. A worker that has ended needs this, too, for its account. */
  tell(changes: readonly Change[]): void {
    if (this.isOver && this.end === undefined) return;
    if (changes.length > 0) this.#transport.send({ kind: "news", changes });
  }

  /**
   * Returns its final account. `undefined` if it did not end by itself, or takes too long: a task that was left behind
   * may block it.
   */
  async account(): Promise<WorkerEnd | undefined> {
    if (this.end === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const told = await new Promise<WorkerEnd | undefined>((resolve) => {
      this.#accounted = resolve;
      timer = setTimeout(() => resolve(undefined), ACCOUNT_MS);
      this.#transport.send({ kind: "account" });
    });
    clearTimeout(timer);
    return told;
  }

  /** Asks it to end. */
  stop(reason: StopReason): void {
    if (!this.isOver) this.#transport.send({ kind: "stop", reason });
  }

  /** Makes it call the hooks of the run's end; resolves when they have been called. */
  callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
    if (this.end === undefined || !this.end.hasFinishHooks) return Promise.resolve();
    return new Promise((resolve) => {
      this.#hooksCalled = resolve;
      this.#transport.send({ kind: "call-hooks", name, tally });
    });
  }

  terminate(): void {
    this.#transport.terminate();
  }

  /** Ends it for good. One that has ended its work may first send its telemetry. */
  async close(): Promise<void> {
    if (this.end === undefined) this.terminate();
    else await this.#transport.close();
  }
}

/** Whether the worker calls no more hooks after `message`: it has called them all, or cannot. What hooks print comes before. */
function endsHooks({ kind }: FromWorker): boolean {
  return kind === "hooks-called" || kind === "broken" || kind === "died" || kind === "exit-called";
}
