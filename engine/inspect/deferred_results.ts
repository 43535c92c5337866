/**
 * Results of a script that has chosen a jugdir but not opened it yet.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { RecordMeta } from "../../core/value/record.ts";
import type { DeclaredTask, Loaded, Results } from "../../core/session/session.ts";
import type { SessionResults } from "./session_results.ts";

/** Results that are opened on the first access. */
export class DeferredResults implements Results {
  readonly #open: () => Promise<SessionResults>;
  #opened: Promise<SessionResults> | undefined;

  constructor(open: () => Promise<SessionResults>) {
    this.#open = open;
  }

  /** Opens the results, once: each opening of `memory:` would make another store. */
  async open(): Promise<SessionResults> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      // The cause may be gone by the next call, which tries again.
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
