/**
 * How the coordinator reaches a worker: in a thread of this process, or in a process of its own.
 *
 * @module
 */
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.ts";

/** The way to one worker. */
export interface Carrier {
  /** Begins the work. */
  start(setup: WorkerSetup): void;
  send(message: ToWorker): void;
  /** Ends it, whatever it does; a thread inside a synchronous loop goes on until the process exits. */
  terminate(): void;
}

/** Makes the way to a worker that is told apart by `index`; what it says goes to `hear`. */
export type OpenCarrier = (index: number, hear: (message: FromWorker) => void) => Carrier;
