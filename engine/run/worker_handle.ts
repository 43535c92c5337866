/**
 * A worker, seen from the coordinator.
 *
 * @module
 */
import type { Change } from "../../backends/backend.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { Carrier, OpenCarrier } from "../messages/carrier.ts";
import type { FinishHookName, FromWorker, StopReason, WorkerEnd, WorkerSetup } from "../messages/messages.ts";

/** How long a worker may take to give its account, in milliseconds. */
const ACCOUNT_MS = 1000;

/** One worker at its work on the jugfile. */
export class WorkerHandle {
  /** How it ended, once it has. */
  end: WorkerEnd | undefined;
  /** Whether it has ended, broken ones included. */
  isOver = false;
  /** Whether it has nothing to do but wait for others. */
  isIdle = false;
  /** Whether it was given up: nothing that it says counts any more. */
  isGone = false;
  /** Whether it has ever begun a task. */
  hasBegun = false;
  readonly #carrier: Carrier;
  #hooksCalled: (() => void) | undefined;
  #accounted: ((end: WorkerEnd) => void) | undefined;

  constructor(
    readonly setup: WorkerSetup,
    open: OpenCarrier,
    hear: (worker: WorkerHandle, message: Exclude<FromWorker, { kind: "account" }>) => void,
  ) {
    this.#carrier = open(setup.thread, (message) => {
      if (message.kind === "account") this.#accounted?.(message.end);
      else if (!this.isGone) hear(this, message);
      // Whatever it says instead, nobody is to wait any longer.
      if (this.isOver) this.#hooksCalled?.();
    });
    this.#carrier.start(setup);
  }

  /** Unique in a run; one that takes another's place has an index of its own. */
  get index(): number {
    return this.setup.thread;
  }

  /** Tells it what others did. One that has ended is told too, for its account. */
  tell(changes: readonly Change[]): void {
    if (this.isOver && this.end === undefined) return;
    if (changes.length > 0) this.#carrier.send({ kind: "news", changes });
  }

  /** How things stand in the end, if it tells soon: what a task left behind may still hold it up. */
  async account(): Promise<WorkerEnd | undefined> {
    if (this.end === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const told = await new Promise<WorkerEnd | undefined>((resolve) => {
      this.#accounted = resolve;
      timer = setTimeout(() => resolve(undefined), ACCOUNT_MS);
      this.#carrier.send({ kind: "account" });
    });
    clearTimeout(timer);
    return told;
  }

  /** Asks it to end. */
  stop(reason: StopReason): void {
    if (!this.isOver) this.#carrier.send({ kind: "stop", reason });
  }

  /** Has it call the hooks of the run's end; resolves when they have been called. */
  callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
    if (this.end === undefined || !this.end.hasFinishHooks) return Promise.resolve();
    return new Promise((resolve) => {
      this.#hooksCalled = resolve;
      this.#carrier.send({ kind: "call-hooks", name, tally });
    });
  }

  terminate(): void {
    this.#carrier.terminate();
  }
}
