/**
 * The packs of a jugdir, as one process sees them, and the removal of results from packs.
 *
 * A pack never changes. A result that is removed from it is listed in another file (`….gone`) together with the pack's
 * id, so that a later result of the same task is not affected. docs/file-backend.md explains why nothing is lost, and
 * nothing comes back.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import { areEqual } from "../bytes.ts";
import { isStale } from "./errors.ts";
import { readText } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { Pack, type PackEntry } from "./pack_file.ts";

/** The packs of one jugdir. */
export interface Packs {
  has(hash: Hash): boolean;
  /** Returns the bytes of a result, or at most the first `limit` of them. */
  load(hash: Hash, limit?: number): Uint8Array | undefined;
  /** Lists all hashes that have a result in a pack. */
  hashes(): Generator<Hash>;
  /** Removes results from packs. Returns those that existed. */
  remove(hashes: readonly Hash[]): Set<Hash>;
  /** Removes a result from packs if its bytes are `bytes`. */
  discard(hash: Hash, bytes: Uint8Array): boolean;
  /** Reads the folder, even if it seems unchanged. */
  refresh(): void;
  /** Returns the known packs, including those that do not count yet. */
  all(): PackSight[];
  /** Returns the packs that cannot be read. Their results count as absent. */
  damaged(): string[];
  close(): void;
}

/** A pack, as it was last seen. */
export interface PackSight {
  readonly id: string;
  readonly pack: Pack;
  /** Whether its results count. */
  readonly isLive: boolean;
  /** The results that were removed from it. */
  readonly gone: ReadonlySet<Hash>;
}

interface MutableSight extends PackSight {
  isLive: boolean;
  readonly gone: Set<Hash>;
}

/** A result to strike from a pack. */
export interface Strike {
  readonly id: string;
  readonly hash: Hash;
}

/**
 * How long to assume that no pack was added, in milliseconds. `jug pack` waits longer than that between the steps that
 * others must see.
 */
const LOOK_MS = 50;
/**
 * How long the folder's time must be unchanged until a listing is trusted, in milliseconds. File systems count time in
 * steps: two changes within one step look like one.
 */
const STEP_MS = 2_000;
const GONE_LINE = /^[0-9A-Za-z]+-[0-9a-z]+ [0-9a-f]{40}$/;
/** How often the folder is listed if a file in the listing is gone before it can be read. */
const MAX_LISTINGS = 16;

/**
 * The kind of a file in the folder of packs. `new`: a pack that does not count yet. `gone`: what was removed from
 * packs. `seen`: a file that is created only to change the folder.
 */
export type PackNameKind = "new" | "pack" | "gone" | "seen";

/** Parses a name in the folder of packs; returns `undefined` for a name that jug did not choose. */
export function parsePackName(name: string): { id: string; kind: PackNameKind } | undefined {
  const [, id, ending] = /^([0-9A-Za-z]+-[0-9a-z]+)\.(new|pack|gone|(?:new|pack)\.seen)$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  return { id, kind: ending === "new" || ending === "pack" || ending === "gone" ? ending : "seen" };
}

/** Parses a `….gone` file. Returns the results that were removed from each pack. */
export function parseGone(text: string): Map<string, Hash[]> {
  const gone = new Map<string, Hash[]>();
  for (const line of text.split("\n")) {
    const [id = "", hash = ""] = line.split(" ");
    if (!isHash(hash)) continue;
    const hashes = gone.get(id);
    if (hashes === undefined) gone.set(id, [hash]);
    else hashes.push(hash);
  }
  return gone;
}

/** Whether `text`, from the first line to the last, is what jug writes to a `….gone` file. */
export function isGoneText(text: string): boolean {
  return text.endsWith("\n") && text.slice(0, -1).split("\n").every((line) => GONE_LINE.test(line));
}

/** Writes a `….gone` file, completely or not at all, and waits until it is on the disk. */
export function writeGone(jugdir: Jugdir, owner: string, pairs: readonly Strike[]): void {
  jugdir.withFolders(() => writeGoneOnce(jugdir, owner, pairs));
}

function writeGoneOnce(
  { files, layout, temporary, nextCount }: Jugdir,
  owner: string,
  pairs: readonly Strike[],
): void {
  const draft = temporary(owner);
  try {
    {
      using file = files.open(draft, "create");
      file.write(new TextEncoder().encode(pairs.map(({ id, hash }) => `${id} ${hash}\n`).join("")), 0);
      file.sync();
    }
    files.rename(draft, `${layout.packs}/${nextCount()}.gone`);
  } catch (error) {
    files.remove(draft);
    throw error;
  }
}

/** Creates the view of the packs of `jugdir`. `owner` is the owner of temporary files. */
export function createPacks(jugdir: Jugdir, owner: string): Packs {
  const { layout, files, clock } = jugdir;
  const sights = new Map<string, MutableSight>();
  const damaged = new Map<string, "new" | "pack">();
  // Separate from the packs: a listing may show what was removed from a pack before it shows the pack.
  const goneOf = new Map<string, Set<Hash>>();
  const goneRead = new Set<string>();
  let lookedAt = -Infinity;
  let stamp: number | undefined;
  let stampSince = 0;
  let isSettled = false;

  function goneFrom(id: string): Set<Hash> {
    const gone = goneOf.get(id) ?? new Set<Hash>();
    goneOf.set(id, gone);
    return gone;
  }

  function forget(id: string): void {
    sights.get(id)?.pack.close();
    sights.delete(id);
  }

  /** Processes one listing. Returns false if a file in it was gone before it could be read. */
  function take(names: readonly string[]): boolean {
    const present = new Set<string>();
    for (const name of names) {
      const parsed = parsePackName(name);
      if (parsed?.kind !== "new" && parsed?.kind !== "pack") continue;
      const { id, kind } = parsed;
      present.add(id);
      const known = sights.get(id);
      if (known !== undefined) {
        known.isLive ||= kind === "pack";
      } else if (damaged.has(id)) {
        damaged.set(id, kind);
      } else {
        let pack: Pack | undefined;
        try {
          pack = Pack.open(files, `${layout.packs}/${name}`);
        } catch (error) {
          if (error instanceof Deno.errors.NotFound || isStale(error)) return false;
          if (!(error instanceof Deno.errors.IsADirectory)) throw error;
        }
        if (pack === undefined) damaged.set(id, kind);
        else sights.set(id, { id, pack, isLive: kind === "pack", gone: goneFrom(id) });
      }
    }
    for (const id of [...sights.keys()]) if (!present.has(id)) forget(id);
    for (const name of names) {
      if (parsePackName(name)?.kind !== "gone" || goneRead.has(name)) continue;
      const text = readText(files, `${layout.packs}/${name}`);
      if (text === undefined) return false;
      goneRead.add(name);
      for (const [id, hashes] of parseGone(text)) {
        for (const hash of hashes) goneFrom(id).add(hash);
      }
    }
    return true;
  }

  function refresh(): void {
    for (let listing = 0; listing < MAX_LISTINGS; listing++) {
      const before = clock();
      jugdir.refresh(layout.packs);
      const stat = files.stat(layout.packs);
      const seen = stat?.mtime;
      if (seen !== stamp) stampSince = clock();
      stamp = seen;
      isSettled = before - stampSince > STEP_MS;
      const isWhole = stat === undefined ? take([]) : take(files.names(layout.packs));
      lookedAt = before;
      if (isWhole && files.stat(layout.packs)?.mtime === seen) return;
    }
  }

  /** Reads the folder if anything may have changed. */
  function look(): void {
    const before = clock();
    jugdir.refresh(layout.packs);
    const seen = files.stat(layout.packs)?.mtime;
    if (seen === undefined && sights.size === 0) stamp = undefined;
    else if (seen !== stamp || !isSettled) refresh();
    lookedAt = before;
  }

  function find(hash: Hash): { sight: MutableSight; entry: PackEntry } | undefined {
    for (const sight of sights.values()) {
      if (!sight.isLive || sight.gone.has(hash)) continue;
      const entry = sight.pack.find(hash);
      if (entry !== undefined) return { sight, entry };
    }
    return undefined;
  }

  /**
   * Looks up a result. If it was not in a pack a moment ago, it counts as absent. If it was, it may have been removed,
   * so the folder is checked now.
   */
  function findNow(hash: Hash): ReturnType<typeof find> {
    const isFresh = clock() - lookedAt < LOOK_MS;
    if (isFresh && find(hash) === undefined) return undefined;
    look();
    return find(hash);
  }

  function strike(pairs: readonly Strike[]): void {
    writeGone(jugdir, owner, pairs);
    for (const { id, hash } of pairs) goneFrom(id).add(hash);
  }

  return {
    has: (hash) => findNow(hash) !== undefined,
    load(hash, limit) {
      for (let found = findNow(hash); found !== undefined; found = findNow(hash)) {
        const bytes = found.sight.pack.read(found.entry, limit);
        if (bytes !== undefined) return bytes;
        forget(found.sight.id);
        refresh();
      }
      return undefined;
    },
    *hashes() {
      look();
      for (const { pack, isLive, gone } of [...sights.values()]) {
        if (!isLive) continue;
        for (const { hash } of pack.entries()) if (!gone.has(hash)) yield hash;
      }
    },
    remove(hashes) {
      const removed = new Set<Hash>();
      for (;;) {
        // Repeat after each strike: a pack that copies the struck result may have appeared before its writer could see
        // the strike.
        refresh();
        const pairs: Strike[] = [];
        for (const { id, pack, isLive, gone } of sights.values()) {
          for (const hash of hashes) {
            if (gone.has(hash) || pack.find(hash) === undefined) continue;
            pairs.push({ id, hash });
            if (isLive) removed.add(hash);
          }
        }
        if (pairs.length === 0) return removed;
        strike(pairs);
      }
    },
    discard(hash, bytes) {
      let isDiscarded = false;
      for (;;) {
        refresh();
        const pairs: Strike[] = [];
        for (const { id, pack, isLive, gone } of sights.values()) {
          const entry = gone.has(hash) ? undefined : pack.find(hash);
          if (entry === undefined) continue;
          const found = pack.read(entry);
          if (found === undefined || !areEqual(found, bytes)) continue;
          pairs.push({ id, hash });
          isDiscarded ||= isLive;
        }
        if (pairs.length === 0) return isDiscarded;
        strike(pairs);
      }
    },
    refresh,
    all: () => [...sights.values()],
    // A pack that does not count yet is not reported, because nobody needs it.
    damaged: () => [...damaged].flatMap(([id, kind]) => kind === "pack" ? [id] : []),
    close() {
      for (const id of [...sights.keys()]) forget(id);
      lookedAt = -Infinity;
      stamp = undefined;
    },
  };
}
