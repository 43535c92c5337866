/**
 * The results of a script whose jugdir was chosen and is not open yet: the first question opens it.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { RecordMeta } from "../../core/value/record.ts";
import type { DeclaredTask, Loaded, Results } from "../../core/session/session.ts";
import type { SessionResults } from "./session_results.ts";

/** Results that are opened when they are asked for. */
export class DeferredResults implements Results {
  readonly #open: () => Promise<SessionResults>;
  #opened: Promise<SessionResults> | undefined;

  constructor(open: () => Promise<SessionResults>) {
    this.#open = open;
  }

  /** The results themselves; opened once, as each opening of `memory:` is a store of its own. */
  async open(): Promise<SessionResults> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      // What stood in the way may be gone the next time.
      this.#opened = undefined;
      throw error;
    }
  }

  async has(hashes: readonly Hash[]): Promise<Set<Hash>> {
    return await (await this.open()).has(hashes);
  }

  async load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>> {
    return await (await this.open()).load(hashes);
  }

  async meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>> {
    return await (await this.open()).meta(hashes);
  }

  async run(task: DeclaredTask): Promise<unknown> {
    return await (await this.open()).run(task);
  }

  async ensure(task: DeclaredTask): Promise<void> {
    await (await this.open()).ensure(task);
  }

  async invalidate(task: DeclaredTask): Promise<number> {
    return await (await this.open()).invalidate(task);
  }
}
