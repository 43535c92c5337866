/**
 * What `--debug` checks of a jugfile: that loading it twice declares the same tasks.
 *
 * @module
 */
import { unpackError } from "../../backends/remote.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { THREAD_ENDED, watchEnd } from "../threads/lifeline.ts";
import type { Declared, FromDeclaring, ToDeclaring } from "./declaration_messages.ts";

/** Which jugfile, and where its results are. */
export interface DeclarationPlace {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
}

/**
 * Loads a jugfile twice, one after the other in threads of their own, as far as its first unmet barrier. Answers
 * whether that was its end.
 *
 * @throws {JugError} of kind "jugfile" that names the first task that differs and its argument, or where it cannot be loaded.
 */
export async function requireSameDeclarations(place: DeclarationPlace): Promise<boolean> {
  const loads: DeclaringThread[] = [];
  try {
    const first = await DeclaringThread.load(place, loads);
    // Not at the same time: what depends on the clock is to differ.
    const second = await DeclaringThread.load(place, loads);
    const index = firstDifference(first.hashes, second.hashes);
    if (index === undefined) return first.isLoaded;
    const what = whatDiffers(await first.describe(index), await second.describe(index));
    throw new JugError("jugfile", `two loads of ${place.jugfile} declare different tasks: ${what}`, {
      remedy:
        "What is random or depends on the time makes another task each time: compute it in a task, or fix the seed",
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

/** What is said of the first tasks that are not the same; of two loads one may declare more. */
function whatDiffers(first: Declared | undefined, second: Declared | undefined): string {
  if (first === undefined || second === undefined) return `only one of them has ${callText(first ?? second)}`;
  const calls = `${callText(first)} and ${callText(second)}`;
  const argument = first.name === second.name ? differingArgument(first, second) : undefined;
  return `the first that differ${argument === undefined ? "" : `, in argument ${argument},`} are ${calls}`;
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
  readonly #worker = new Worker(new URL("./declaration_thread.ts", import.meta.url), {
    type: "module",
    name: "jug load",
  });
  readonly #endWatch = watchEnd(this.#worker, () => this.#onFailure(THREAD_ENDED));
  #onFailure: (message: string) => void = () => {};

  /** `loads` gets the thread at once, so that whoever began it can end it. */
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
    this.#endWatch();
    this.#worker.terminate();
  }

  #ask(message: ToDeclaring): Promise<FromDeclaring> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<FromDeclaring>) => {
        if (data.kind === "failed") reject(unpackError(data.error));
        else resolve(data);
      };
      this.#onFailure = (message) => reject(new JugError("jugfile", `the jugfile could not be loaded: ${message}`));
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#onFailure(event.message);
      };
      this.#worker.postMessage(message);
    });
  }
}
