/**
 * A temporary folder for a database, and a clock that the test controls.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backend, Owner } from "../../backends/backend.ts";
import { sqliteBackend } from "../../backends/sqlite.ts";
import type { Hash } from "../../core/brand.ts";
import { startOwner } from "./file/file_processes.ts";

/** The place of one database, which does not exist yet. */
export class SqlitePlace implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "jug_test_" });
  readonly path = `${this.folder}/primes.jugdb`;
  readonly address = `sqlite:${this.path}`;
  readonly #opened: Backend[] = [];
  now = 0;

  async open(options: { busyLimitMs?: number } = {}): Promise<Backend> {
    const backend = await sqliteBackend({ path: this.path, clock: () => this.now, ...options });
    this.#opened.push(backend);
    return backend;
  }

  /** Returns the names in the folder, sorted. */
  names(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name).sort();
  }

  /** Starts a process that joins and claims, and then kills it. */
  async claimAndDie(owner: Owner, hashes: readonly Hash[]): Promise<void> {
    const other = startOwner(this.address);
    await other.tell({ do: "join", owner, renewMs: 1_000_000 });
    const answer = await other.tell({ do: "claim", hashes });
    assert(Array.isArray(answer) && answer.length === hashes.length);
    await other.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const backend of this.#opened) await backend.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}
