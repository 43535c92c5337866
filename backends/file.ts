/**
 * The file backend: results and claims in a folder that any number of processes and hosts share, also over NFS, without
 * a server. docs/file-backend.md describes the layout and the protocols.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";
import type { Backend, Claimant, Lock, Membership, Owner } from "./backend.ts";
import { createClaims } from "./file/claims/claims.ts";
import { openChanges } from "./file/changes.ts";
import { addCodes, listCodes, loadCodes } from "./file/code_table.ts";
import { attempt, explain } from "./file/errors.ts";
import { openHeads } from "./file/claims/heads.ts";
import { type Clock, openJugdir, readFormat } from "./file/jugdir.ts";
import { enlist } from "./file/owners/membership.ts";
import { createMerging } from "./file/segments/merging.ts";
import { createOwnerLiveness, type Observer } from "./file/owners/owner_liveness.ts";
import { partitionOf } from "./file/claims/partition.ts";
import { createResults } from "./file/results.ts";
import { listProcesses } from "./file/owners/processes.ts";
import { listRuns } from "./file/segments/runs.ts";
import { openSegments } from "./file/segments/segments.ts";
import { denoFileSystem, threadTimer } from "./file/system/deno_file_system.ts";
import type { FileSystem, Timer } from "./file/system/file_system.ts";
import { guestId } from "./file/token.ts";
import { createTidying } from "./file/owners/tidying.ts";
import type { UpgradeOutcome } from "./upgrade_outcome.ts";
import { createWriters } from "./file/segments/writers.ts";
import { ORPHAN_LEASE_MS } from "./validation.ts";

/** Options of {@linkcode fileBackend}. */
export interface FileBackendOptions {
  /** The folder. It must be an absolute path if the process may change its working directory. */
  readonly root: string;
  /** The jugdir's name in messages. @default the root */
  readonly address?: string;
  /** Creates the folder immediately, so that problems show early. @default false: the first write creates it */
  readonly create?: boolean;
  /** Syncs results to the disk before they count. @default false: only over a network */
  readonly durable?: boolean;
  /** The host that this process runs on, for judging owners without joining or claiming. */
  readonly observer?: Observer;
  /** The file system that holds the folder. @default Deno's */
  readonly fileSystem?: FileSystem;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: Clock;
  /** @default setTimeout */
  readonly timer?: Timer;
  /** Into how many partitions the hashes are divided, if this creates the jugdir. @default 32 */
  readonly partitions?: number;
  /** Letters and digits that no other opening of the folder has. @default 64 random bits */
  readonly tag?: string;
}

/** The file backend. */
export interface FileBackend extends Backend {
  /** Removes what dead processes left behind; see {@linkcode Backend.tidy}. */
  tidy(): Promise<number>;
  /** Merges all segments that nobody appends to any more. Returns how many. Other processes may work meanwhile. */
  pack(): Promise<number>;
}

/** Whether `backend` is a file backend. */
export function isFileBackend(backend: Backend): backend is FileBackend {
  return "pack" in backend && typeof backend.pack === "function";
}

/** How many tasks a claim should have. A change of a state costs as much as ten tasks do. */
const BATCH = 512;

function randomTag(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}

/**
 * Converts a jugdir of an older format to the present one.
 *
 * @throws {JugError} of kind "backend", if a process of the old version works on it, or if something cannot be read
 */
export async function upgradeFolder(
  { root, address = root, observer, fileSystem, clock, timer, tag }: Omit<FileBackendOptions, "create" | "partitions">,
): Promise<UpgradeOutcome> {
  const { upgradeJugdir } = await import("./file/format_1/upgrade.ts");
  return await upgradeJugdir({
    root,
    address,
    observer,
    files: fileSystem ?? denoFileSystem,
    clock: clock ?? (() => performance.now()),
    date: Date.now,
    timer: timer ?? threadTimer,
    tag: tag ?? randomTag(),
  });
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
  const { root, address = root, create = false, durable = false, observer, tag = randomTag() } = options;
  const { fileSystem: files = denoFileSystem, clock = () => performance.now(), timer = threadTimer, partitions } =
    options;
  const open = () => {
    const jugdir = openJugdir({
      address,
      root,
      files,
      clock,
      date: Date.now,
      timer,
      tag,
      durable,
      ...partitions === undefined ? {} : { partitions },
    });
    if (create) jugdir.prepare();
    const segments = openSegments(jugdir);
    // Looking for a jugdir that does not exist may need more permissions than are needed later.
    if (jugdir.isThere) segments.refresh();
    segments.index.takeChanges();
    return { jugdir, segments };
  };
  let opened;
  try {
    opened = open();
  } catch (error) {
    throw explain(error, address);
  }
  const { jugdir, segments } = opened;
  const heads = openHeads(jugdir);
  const liveness = createOwnerLiveness(jugdir, observer);
  const claims = createClaims({ jugdir, heads, segments, liveness });
  const merging = createMerging({ jugdir, segments, liveness });
  const writers = createWriters(jugdir, segments, guestId(tag));
  const tidying = createTidying({ jugdir, liveness, claims, heads, segments, merging, register });
  const changes = openChanges(jugdir, segments);
  const membershipParts = { jugdir, liveness, claims, tidying };
  /** The owner that this process has registered with this opening of the jugdir. */
  let member: string | undefined;

  function register(): string {
    return member ?? guestClaimant().owner.id;
  }

  let guest: { readonly owner: Owner; readonly membership: Membership } | undefined;

  /**
   * Returns the claimant for results that come without a lock: the one that claims here anyway, if its process is
   * registered. Otherwise registers this process under a name of its own.
   */
  function lateClaimant(): Claimant {
    const { claimant } = writers;
    const isMember = claimant !== undefined && files.exists(jugdir.layout.worker(claimant.owner.id));
    return isMember ? claimant : guestClaimant();
  }

  /** Registers this process under a name of its own. */
  function guestClaimant(): Claimant {
    if (guest === undefined) {
      const { host, boot } = observer ?? { host: undefined, boot: undefined };
      const owner: Owner = { id: writers.guest, leaseMs: ORPHAN_LEASE_MS, host, boot, pid: undefined };
      guest = { owner, membership: enlist(membershipParts, owner, () => member ??= owner.id) };
    }
    return { owner: guest.owner, thread: 0 };
  }

  const claim = (hashes: readonly Hash[], claimant: Claimant, isDone = false) => {
    const { host, boot, leaseMs } = claimant.owner;
    liveness.standAt({ host, boot });
    return claims.claim(hashes, writers.of(claimant), { host, boot, leaseMs }, isDone);
  };

  const results = createResults({
    jugdir,
    segments,
    writers,
    claimLate: (hashes): (Lock | undefined)[] =>
      claim(hashes, lateClaimant(), true).map((outcome) => outcome.kind === "claimed" ? outcome.lock : undefined),
  });

  const write = <T>(work: () => T): Promise<T> =>
    attempt(address, () => {
      jugdir.prepare();
      return work();
    });
  const read = <T>(work: () => T): Promise<T> => attempt(address, work);

  return {
    address,
    batchSize: BATCH,
    storesTogether: true,
    groupOf: (hash) => partitionOf(hash, jugdir.partitions),
    join: (owner) =>
      write(() => {
        writers.register(owner.id);
        return enlist(membershipParts, owner, () => member = owner.id);
      }),
    has: (hashes) => read(() => results.has(hashes)),
    list: () => explained(address, results.list()),
    load: (hashes) => read(() => results.load(hashes)),
    loadHeads: (hashes, length) => read(() => results.load(hashes, length)),
    complete: (items) => write(() => results.complete(items)),
    remove: (hashes) => read(() => results.remove(hashes)),
    discard: (hash, bytes) => write(() => results.discard(hash, bytes)),
    claim: (hashes, claimant) => write(() => claim(hashes, claimant)),
    release: (locks, options) => read(() => results.release(locks, options)),
    listLocks: () => explained(address, claims.list()),
    removeLocks: (hashes) => read(() => claims.removeAll(hashes)),
    fail: (items) => write(() => results.fail(items)),
    listFailures: () => explained(address, results.listFailures()),
    loadFailures: (hashes) => read(() => results.loadFailures(hashes)),
    removeFailures: (hashes) => read(() => results.removeFailures(hashes)),
    listRuns: () => explained(address, listRuns(segments)),
    listProcesses: () => explained(address, listProcesses({ jugdir, segments, liveness })),
    listDurations: () =>
      read(() => {
        segments.refresh();
        return segments.index.durations.summaries();
      }),
    waitForChange: (signal) => changes.wait(signal),
    codes: {
      list: () => read(() => listCodes(jugdir)),
      add: (entries) => write(() => addCodes(jugdir, entries)),
      load: (ids) => read(() => loadCodes(jugdir, ids)),
    },
    async tidy() {
      try {
        return readFormat(jugdir) === undefined ? 0 : await tidying.tidy();
      } catch (error) {
        throw explain(error, address);
      }
    },
    async pack() {
      try {
        if (readFormat(jugdir) === undefined) return 0;
        jugdir.prepare();
        await tidying.tidy();
        return merging.merge(register, true);
      } catch (error) {
        throw explain(error, address);
      }
    },
    async close() {
      changes.close();
      writers.detach();
      segments.close();
      await guest?.membership.leave();
    },
  };
}
