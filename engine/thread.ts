/**
 * A worker's thread, seen from the coordinator.
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import { serveBackend } from "../backends/remote.ts";
import type { ExecutionTally } from "../core/hooks.ts";
import type { FinishHookName, FromWorker, StopReason, ToWorker, WorkerEnd, WorkerSetup } from "./messages.ts";
import type { Change } from "../backends/backend.ts";

/** One thread that works on the jugfile. */
export class WorkerThread {
  /** How it ended, once it has. */
  end: WorkerEnd | undefined;
  /** Whether it has ended, broken ones included. */
  isOver = false;
  /** Whether it has nothing to do but wait for others. */
  isIdle = false;
  readonly #worker: Worker;
  /** This side of a store that is shared with the thread. */
  #port: MessagePort | undefined;
  #hooksCalled: (() => void) | undefined;

  constructor(readonly index: number, hear: (thread: WorkerThread, message: FromWorker) => void) {
    this.#worker = new Worker(new URL("./worker_thread.ts", import.meta.url), { type: "module", name: `jug ${index}` });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      hear(this, data);
      // Whatever it says instead, nobody is to wait any longer.
      if (this.isOver) this.#hooksCalled?.();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = { name: "Error", message: event.message, frames: [], stack: "", remedy: undefined };
      hear(this, { kind: "broken", error, isFault: true });
    };
  }

  /** Begins the work. A store that lives in this thread is handed on by a port. */
  start(setup: WorkerSetup, local: Backend | undefined): void {
    if (local === undefined) {
      this.#send({ kind: "start", setup, store: undefined });
      return;
    }
    const { port1, port2 } = new MessageChannel();
    serveBackend(local, port1);
    this.#port = port1;
    this.#worker.postMessage({ kind: "start", setup, store: port2 } satisfies ToWorker, [port2]);
  }

  /** Tells it what others did. */
  tell(changes: readonly Change[]): void {
    if (!this.isOver && changes.length > 0) this.#send({ kind: "news", changes });
  }

  /** Asks it to end. */
  stop(reason: StopReason): void {
    if (!this.isOver) this.#send({ kind: "stop", reason });
  }

  /** Has it call the hooks of the run's end; resolves when they have been called. */
  callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
    if (this.end === undefined || !this.end.hasFinishHooks) return Promise.resolve();
    return new Promise((resolve) => {
      this.#hooksCalled = resolve;
      this.#send({ kind: "call-hooks", name, tally });
    });
  }

  /** Ends the thread, whatever it does; one inside a synchronous loop goes on until the process exits. */
  terminate(): void {
    this.#port?.close();
    this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
