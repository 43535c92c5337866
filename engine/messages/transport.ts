/**
 * The transport between the coordinator and a worker, which is in a thread of this process or in its own process.
 *
 * @module
 */
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.ts";

/** The transport to one worker. */
export interface WorkerTransport {
  /** Starts the worker. */
  start(setup: WorkerSetup): void;
  send(message: ToWorker): void;
  /**
   * Ends the worker, even in the middle of a task. A thread in a synchronous loop continues until the process exits.
   */
  terminate(): void;
  /**
   * Ends a worker that has nothing left to do. If it has a process and telemetry, its process gets some time to send
   * its spans.
   */
  close(): Promise<void>;
}

/** Opens the transport to the worker with this unique `index`. Its messages go to `hear`. */
export type OpenTransport = (index: number, hear: (message: FromWorker) => void) => WorkerTransport;
