/**
 * Failures: one file each, with a line that holds the token of the lock it happened under, then the bytes.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { FailureEntry, FailureReport, Lock } from "../backend.ts";
import { ownerOf } from "../validation.ts";
import type { ChangeLog } from "./changes.ts";
import type { Jugdir } from "./jugdir.ts";
import { hashesIn } from "./layout.ts";
import { NOBODY, readToken } from "./lock_file.ts";
import type { Presence } from "./presence.ts";
import { batches } from "../../core/lists.ts";

/** The failures of one jugdir. */
export interface Failures {
  fail(items: readonly FailureReport[]): void;
  list(): Generator<readonly FailureEntry[]>;
  load(hashes: readonly Hash[]): (Uint8Array | undefined)[];
  remove(hashes: readonly Hash[]): number;
}

/** What the failures depend on. */
export interface FailureParts {
  readonly jugdir: Jugdir;
  readonly changes: ChangeLog;
  /** Releases locks of tasks that have no result. */
  release(locks: readonly Lock[]): unknown;
  readonly presence: Presence;
}

const LIST_BATCH = 256;
const LINE_END = 0x0a;

/** Creates the failures of the jugdir. */
export function createFailures({ jugdir, changes, release, presence }: FailureParts): Failures {
  const { layout, files } = jugdir;

  function record({ lock, bytes }: FailureReport): boolean {
    const head = new TextEncoder().encode(`${lock.token}\n`);
    const record = new Uint8Array(head.length + bytes.length);
    record.set(head);
    record.set(bytes, head.length);
    const draft = jugdir.temporary(ownerOf(lock.token) ?? NOBODY);
    jugdir.makeFolder(layout.failures);
    const write = () => {
      files.create(draft, record);
      files.rename(draft, layout.failure(lock.hash));
    };
    try {
      try {
        write();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        // This process was stopped for so long that others removed its draft.
        write();
      }
    } catch (error) {
      files.remove(draft);
      throw error;
    }
    // Check after recording the failure. `complete` looks for a failure after storing its result, so one of the two
    // sees the other.
    if (!presence.isThereNow(lock.hash)) return true;
    files.remove(layout.failure(lock.hash));
    return false;
  }

  return {
    fail(items) {
      for (const item of items) {
        if (jugdir.withFolders(() => record(item))) changes.append([{ kind: "failed", hash: item.lock.hash }]);
      }
      release(items.map((item) => item.lock));
    },
    *list() {
      for (const batch of batches(hashesIn(files, layout.failures), LIST_BATCH)) {
        const entries: FailureEntry[] = [];
        for (const hash of batch) {
          const token = readToken(files, layout.failure(hash));
          if (token !== undefined) entries.push({ hash, token });
        }
        if (entries.length > 0) yield entries;
      }
    },
    load(hashes) {
      // Check the folder first: workers ask often, and reading a file that does not exist costs five times as much as
      // checking whether it exists.
      jugdir.refresh(layout.failures);
      const isAny = files.exists(layout.failures);
      return hashes.map((hash) => {
        const record = isAny ? files.read(layout.failure(hash)) : undefined;
        return record?.subarray(record.indexOf(LINE_END) + 1);
      });
    },
    remove(hashes) {
      jugdir.refresh(layout.failures);
      return hashes.filter((hash) => files.remove(layout.failure(hash))).length;
    },
  };
}
