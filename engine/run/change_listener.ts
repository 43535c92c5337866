/**
 * Listens for changes by other processes, but only while a worker of this process is idle.
 *
 * @module
 */
import type { Backend, Change } from "../../backends/backend.ts";

/** What a {@linkcode ChangeListener} works with. */
export interface ChangeListenerParts {
  readonly backend: Pick<Backend, "waitForChange">;
  readonly tell: (changes: readonly Change[]) => void;
  /** Prints a line for the user. */
  readonly warn: (text: string) => void;
}

/** Listens on behalf of the workers of one process. */
export class ChangeListener {
  readonly #parts: ChangeListenerParts;
  #listening: AbortController | undefined;

  constructor(parts: ChangeListenerParts) {
    this.#parts = parts;
  }

  /** Starts or stops listening. */
  want(isWanted: boolean): void {
    if (!isWanted) {
      this.#listening?.abort();
      this.#listening = undefined;
    } else if (this.#listening === undefined) {
      this.#listening = new AbortController();
      this.#listen(this.#listening.signal).catch((error: unknown) => {
        // Waiting workers also ask the backend regularly, so this costs time and nothing else.
        this.#parts.warn(`changes cannot be watched: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) this.#parts.tell(await this.#parts.backend.waitForChange(signal));
  }
}
