/**
 * Checks that loading a jugfile twice declares the same tasks (for `--debug`).
 *
 * @module
 */
import { unpackError } from "../../backends/backend_port.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { startThread } from "../threads/start_thread.ts";
import type { Declared, FromDeclaring, ToDeclaring } from "./declaration_messages.ts";

/** The jugfile, and where its results are. */
export interface DeclarationPlace {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
}

/**
 * Loads a jugfile twice as far as its first unmet barrier, one load after the other, each in a thread of its own.
 * Returns whether the jugfile was loaded to its end.
 *
 * @throws {JugError} of kind "jugfile" if the loads differ (the message names the first task that differs, and its
 * argument), or if the jugfile cannot be loaded.
 */
export async function requireSameDeclarations(place: DeclarationPlace): Promise<boolean> {
  const loads: DeclaringThread[] = [];
  try {
    const first = await DeclaringThread.load(place, loads);
    // Not at the same time: values that depend on the clock must differ.
    const second = await DeclaringThread.load(place, loads);
    const index = firstDifference(first.hashes, second.hashes);
    if (index === undefined) return first.isLoaded;
    const what = whatDiffers(await first.describe(index), await second.describe(index));
    throw new JugError("jugfile", `two loads of ${place.jugfile} declare different tasks: ${what}`, {
      remedy:
        "Random or time-dependent arguments make different tasks in each load: compute them in a task, or fix the seed",
    });
  } finally {
    for (const load of loads) load.end();
  }
}

function firstDifference(first: readonly Hash[], second: readonly Hash[]): number | undefined {
  const count = Math.max(first.length, second.length);
  for (let i = 0; i < count; i++) if (first[i] !== second[i]) return i;
  return undefined;
}

/** Describes the first tasks that differ. One load may declare more tasks than the other. */
function whatDiffers(first: Declared | undefined, second: Declared | undefined): string {
  if (first === undefined || second === undefined) return `only one of them declares ${callText(first ?? second)}`;
  const calls = `${callText(first)} and ${callText(second)}`;
  const argument = first.name === second.name ? differingArgument(first, second) : undefined;
  return `the first difference${argument === undefined ? "" : `, in argument ${argument},`} is between ${calls}`;
}

function differingArgument(first: Declared, second: Declared): number | undefined {
  const count = Math.max(first.digests.length, second.digests.length);
  for (let i = 0; i < count; i++) if (first.digests[i] !== second.digests[i]) return i + 1;
  return undefined;
}

function callText(task: Declared | undefined): string {
  return task === undefined ? "nothing" : `${task.name}(${task.args})`;
}

/** One load of the jugfile. */
class DeclaringThread {
  /** The tasks in the order of their declaration. */
  hashes: readonly Hash[] = [];
  isLoaded = false;
  readonly #thread = startThread<FromDeclaring>(new URL("./declaration_thread.ts", import.meta.url), "jug load", {
    hear: (message) => this.#onMessage(message),
    breakDown: (message) => this.#onFailure(message),
  });
  #onMessage: (message: FromDeclaring) => void = () => {};
  #onFailure: (message: string) => void = () => {};

  /** Adds the thread to `loads` before the load begins, so that the caller can end it in any case. */
  static async load({ jugfile, address, args }: DeclarationPlace, loads: DeclaringThread[]): Promise<DeclaringThread> {
    const thread = new DeclaringThread();
    loads.push(thread);
    const answer = await thread.#ask({ kind: "load", jugfile, address, args });
    if (answer.kind === "declared") ({ hashes: thread.hashes, isLoaded: thread.isLoaded } = answer);
    return thread;
  }

  async describe(index: number): Promise<Declared | undefined> {
    const answer = await this.#ask({ kind: "describe", index });
    return answer.kind === "described" ? answer.task : undefined;
  }

  end(): void {
    this.#thread.terminate();
  }

  #ask(message: ToDeclaring): Promise<FromDeclaring> {
    return new Promise((resolve, reject) => {
      this.#onMessage = (message) => {
        if (message.kind === "failed") reject(unpackError(message.error));
        else resolve(message);
      };
      this.#onFailure = (message) => reject(new JugError("jugfile", `the jugfile could not be loaded: ${message}`));
      this.#thread.worker.postMessage(message);
    });
  }
}
