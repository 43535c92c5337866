/**
 * The jugfile's own code: its module, and the functions of its compound tasks. While any of it runs, it may declare more
 * tasks.
 *
 * @module
 */
import { OpenCompounds } from "../graph/open_compounds.ts";
import type { HasBegun } from "../load/evaluation.ts";
import type { Loading } from "../load/load.ts";
import type { DeclaredTask } from "../../core/session/session.ts";

/** How long code of the jugfile may run before it is reported as waiting, in milliseconds. */
const SLOW_MS = 2000;

/** What an {@linkcode OwnCode} reports. */
export interface OwnCodeEvents {
  /** A part of the code has ended, or is now reported as waiting. */
  changed(): void;
  /** The function of a compound task has ended: its dependencies are known. */
  opened(task: DeclaredTask): void;
  /** The function of a compound task threw. */
  failed(error: unknown): void;
}

/** Knows which parts of the jugfile's own code have not ended. */
export class OwnCode {
  readonly #events: OwnCodeEvents;
  readonly #compounds: OpenCompounds;
  #loading: Loading | undefined;
  #isSlow = false;

  constructor(events: OwnCodeEvents) {
    this.#events = events;
    this.#compounds = new OpenCompounds({
      opened: (task) => events.opened(task),
      failed: (error) => events.failed(error),
      ended: () => events.changed(),
    });
  }

  /** Follows the module while it is loaded. `undefined`: it has been loaded already. */
  follow(loading: Loading | undefined): void {
    this.#loading = loading;
    loading?.settled.then(() => this.#events.changed());
    loading?.begun.then(() => this.#watchSlow(loading));
  }

  /** Calls the function of a compound task. */
  open(task: DeclaredTask): void {
    this.#compounds.begin(task);
  }

  /** How many parts have not ended. */
  get unended(): number {
    return this.#compounds.count + (this.#loading === undefined || this.#loading.outcome !== undefined ? 0 : 1);
  }

  /**
   * Whether the module's code has begun to run. `undefined` if that is unknown, or the code has run for less than
   * {@linkcode SLOW_MS}.
   */
  get hasBegun(): HasBegun {
    return this.#loading?.hasBegun === true && !this.#isSlow ? undefined : this.#loading?.hasBegun;
  }

  /**
   * Reports the module's code as waiting if it is still running after {@linkcode SLOW_MS}. Code that has just begun may
   * end at once.
   */
  #watchSlow(loading: Loading): void {
    const timer = setTimeout(() => {
      this.#isSlow = true;
      this.#events.changed();
    }, SLOW_MS);
    loading.settled.then(() => clearTimeout(timer));
  }
}
