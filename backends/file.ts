/**
 * The file backend: results and locks in a folder that any number of processes and hosts share, also over NFS, without
 * a server. docs/file-backend.md describes the layout and the protocols.
 *
 * @module
 */
import type { Backend } from "./backend.ts";
import { openChangeLog } from "./file/changes.ts";
import { addCodes, listCodes } from "./file/code_table.ts";
import { createDisposals } from "./file/lock_stealing.ts";
import { attempt, explain } from "./file/errors.ts";
import { createFailures } from "./file/failures.ts";
import { denoFileSystem, threadTimer } from "./file/system/deno_file_system.ts";
import type { FileSystem, Timer } from "./file/system/file_system.ts";
import { checkFormat, type Clock, openJugdir } from "./file/jugdir.ts";
import { createOwnerLiveness, type Observer } from "./file/owner_liveness.ts";
import { createLocks } from "./file/locks.ts";
import { NOBODY } from "./file/lock_file.ts";
import { enlist } from "./file/membership.ts";
import type { PackOptions, PackSummary } from "./file/packing.ts";
import { createPacks } from "./file/packs.ts";
import { createPresence } from "./file/presence.ts";
import { createResults } from "./file/results.ts";
import { createTidying } from "./file/tidying.ts";

/** Options of {@linkcode fileBackend}. */
export interface FileBackendOptions {
  /** The folder. It must be an absolute path if the process may change its working directory. */
  readonly root: string;
  /** The jugdir's name in messages. @default the root */
  readonly address?: string;
  /** Creates the folder immediately, so that problems show early. @default false: the first write creates it */
  readonly create?: boolean;
  /** The host that this process runs on, for judging locks without joining or claiming. */
  readonly observer?: Observer;
  /** The file system that holds the folder. @default Deno's */
  readonly fileSystem?: FileSystem;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: Clock;
  /** @default setTimeout */
  readonly timer?: Timer;
  /** Letters and digits that no other opening of the folder has. @default 64 random bits */
  readonly tag?: string;
}

/** The file backend. */
export interface FileBackend extends Backend {
  /** Removes what dead processes left behind; see {@linkcode Backend.tidy}. */
  tidy(): Promise<number>;
  /** Moves small results into a few large files. Other processes may work meanwhile. */
  pack(options?: PackOptions): Promise<PackSummary>;
}

/** Whether `backend` is a file backend. */
export function isFileBackend(backend: Backend): backend is FileBackend {
  return "pack" in backend && typeof backend.pack === "function";
}

const NOTHING_PACKED: PackSummary = { packed: 0, folded: 0, packs: 0, damaged: [] };

function randomTag(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}

async function* explained<T>(address: string, items: Iterable<T>): AsyncGenerator<T> {
  try {
    for (const item of items) yield item;
  } catch (error) {
    throw explain(error, address);
  }
}

/**
 * Opens a jugdir. Reading creates nothing: a jugdir that does not exist counts as empty.
 *
 * @throws {JugError} of kind "backend", if it is a file, has an unknown format, or may not be read
 */
export function fileBackend(options: FileBackendOptions): FileBackend {
  const { root, address = root, create = false, observer, tag = randomTag() } = options;
  const { fileSystem: files = denoFileSystem, clock = () => performance.now(), timer = threadTimer } = options;
  const open = () => {
    const jugdir = openJugdir({ address, root, files, clock, timer, tag });
    jugdir.standAt(observer?.host);
    if (create) jugdir.prepare();
    const packs = createPacks(jugdir, NOBODY);
    const presence = createPresence(jugdir, packs);
    return { jugdir, packs, presence, changes: openChangeLog(jugdir, presence) };
  };
  let opened;
  try {
    opened = open();
  } catch (error) {
    throw explain(error, address);
  }
  const { jugdir, packs, presence, changes } = opened;
  const liveness = createOwnerLiveness(jugdir, observer);
  const tidying = createTidying({ jugdir, liveness, changes });
  const disposals = createDisposals(jugdir, liveness);
  const locks = createLocks({ jugdir, liveness, disposals, changes, presence });
  const results = createResults({ jugdir, changes, packs, presence, giveUp: locks.giveUpFinished });
  const failures = createFailures({ jugdir, changes, release: locks.release, presence });

  const write = <T>(work: () => T): Promise<T> =>
    attempt(address, () => {
      jugdir.prepare();
      return work();
    });

  return {
    address,
    // A call costs no more than its items do, so the first item need not wait for others.
    batchSize: 1,
    join: (owner) => write(() => enlist({ jugdir, liveness, locks, tidying }, owner)),
    has: (hashes) => attempt(address, () => results.has(hashes)),
    list: () => explained(address, results.list()),
    load: (hashes) => attempt(address, () => results.load(hashes)),
    loadHeads: (hashes, length) => attempt(address, () => results.loadHeads(hashes, length)),
    complete: (items) => write(() => results.complete(items)),
    remove: (hashes) => attempt(address, () => results.remove(hashes)),
    discard: (hash, bytes) => write(() => results.discard(hash, bytes)),
    claim: (hashes, claimant) => write(() => locks.claim(hashes, claimant)),
    release: (held) => attempt(address, () => locks.release(held)),
    listLocks: () => explained(address, locks.list()),
    removeLocks: (hashes) => attempt(address, () => locks.removeAll(hashes)),
    fail: (items) => write(() => failures.fail(items)),
    listFailures: () => explained(address, failures.list()),
    loadFailures: (hashes) => attempt(address, () => failures.load(hashes)),
    removeFailures: (hashes) => attempt(address, () => failures.remove(hashes)),
    waitForChange: (signal) => changes.wait(signal),
    codes: {
      list: () => attempt(address, () => listCodes(jugdir)),
      add: (entries) => write(() => addCodes(jugdir, entries)),
    },
    async tidy() {
      try {
        return checkFormat(jugdir) === "absent" ? 0 : await tidying.tidy();
      } catch (error) {
        throw explain(error, address);
      }
    },
    async pack(options) {
      try {
        if (checkFormat(jugdir) === "absent") return NOTHING_PACKED;
        jugdir.prepare();
        // If the disk is full, the leftovers of an earlier packing may be the cause.
        await tidying.tidy();
        const { packResults } = await import("./file/packing.ts");
        return await packResults(jugdir, options);
      } catch (error) {
        throw explain(error, address);
      }
    },
    close: () =>
      attempt(address, () => {
        changes.close();
        packs.close();
      }),
  };
}
