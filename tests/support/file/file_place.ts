/**
 * A jugdir for tests of the file backend, with a clock that the test controls.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backend, Claimant, Membership, Owner } from "../../../backends/backend.ts";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import type { Hash } from "../../../core/brand.ts";
import { HERE, newOwner } from "../../backends/backend_contract.ts";
import { startOwner } from "./file_processes.ts";

/** A temporary folder with the path of a jugdir that does not exist yet, and a clock that the test sets. */
export class Place implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly root = `${this.folder}/jugdata`;
  readonly #opened: Backend[] = [];
  readonly #members: Membership[] = [];
  now = 0;

  constructor(readonly files: FileSystem = denoFileSystem) {}

  open(
    { host, ...options }: { host?: string; durable?: boolean; clock?: () => number; fileSystem?: FileSystem } = {},
  ): Backend {
    const observer = { ...HERE, ...(host === undefined ? {} : { host }) };
    const backend = fileBackend({
      root: this.root,
      observer,
      fileSystem: this.files,
      clock: () => this.now,
      ...options,
    });
    this.#opened.push(backend);
    return backend;
  }

  names(folder: string): string[] {
    return [...Deno.readDirSync(`${this.root}/${folder}`)].map(({ name }) => name).sort();
  }

  /** Joins. At the end, a member that has not left leaves. */
  async join(backend: Backend, owner: Owner): Promise<Membership> {
    const member = await backend.join(owner);
    this.#members.push(member);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members) await member.leave();
    for (const backend of this.#opened) await backend.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Returns a claimant: thread 0 of `owner`. */
export function claimantOf(owner: Owner = newOwner()): Claimant {
  return { owner, thread: 0 };
}

/** Starts a process that joins and claims, and then kills it. */
export async function claimAndDie(root: string, owner: Owner, hashes: readonly Hash[]): Promise<void> {
  const other = startOwner(root);
  await other.tell({ do: "join", owner, renewMs: 1_000_000 });
  const answer = await other.tell({ do: "claim", hashes });
  assert(Array.isArray(answer) && answer.length === hashes.length);
  await other.kill();
}
