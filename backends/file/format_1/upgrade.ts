/**
 * Converts a jugdir of format 1 to the present format.
 *
 * No process of the old version may work on it meanwhile. Such a process reads the file `format` before it registers,
 * so the conversion first makes that file unreadable for it, and looks for living owners before and after that. The old
 * files stay until everything is converted: a conversion that is interrupted is done again from the start.
 *
 * @module
 */
import { basename } from "node:path";
import { inUseError, type UpgradeOutcome } from "../../upgrade_outcome.ts";
import { createStillness } from "../../stillness.ts";
import { isOwnerId, ORPHAN_LEASE_MS } from "../../validation.ts";
import { explain } from "../errors.ts";
import { OLD_NAMES, oldFailures, type OldRecord, oldResults } from "./old_records.ts";
import type { FrameEntry } from "../segments/frame.ts";
import { type Clock, formatText, openJugdir } from "../jugdir.ts";
import { type Layout, layoutOf } from "../layout.ts";
import type { Observer } from "../owners/owner_liveness.ts";
import { PARTITIONS } from "../claims/partition.ts";
import { LARGE } from "../results.ts";
import { SegmentDraft } from "../segments/segment_draft.ts";
import { segmentFileName } from "../segments/segment_name.ts";
import { createText, type FileSystem, readText, type Timer } from "../system/file_system.ts";
import { claimToken } from "../token.ts";
import { lookAtWorker } from "../owners/worker_file.ts";

/** What a conversion needs. */
export interface UpgradeParts {
  readonly root: string;
  /** The jugdir's name in messages. */
  readonly address: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly date: () => number;
  readonly timer: Timer;
  /** Letters and digits that no other opening of the folder has. */
  readonly tag: string;
  /** The host that this process runs on. */
  readonly observer: Observer | undefined;
}

const OLD_FORMAT = "jug file backend\nformat 1\n";
const CONVERTING = "jug file backend\nformat 2\nconverting\n";
/** A process that had read the old format has registered by then, in milliseconds. */
const SETTLE_MS = 1_000;
/** How often owners are looked at, in milliseconds. */
const LOOK_MS = 250;
/** Claims made in the present format have larger numbers. */
const SEQUENCE = 1;
const NO_BYTES = new Uint8Array();

/**
 * Converts a jugdir. An interrupted conversion begins again.
 *
 * @throws {JugError} of kind "backend", if a process of the old version works on it, or if something cannot be read
 */
export async function upgradeJugdir(parts: UpgradeParts): Promise<UpgradeOutcome> {
  try {
    return await upgrade(parts);
  } catch (error) {
    throw explain(error, parts.address);
  }
}

async function upgrade(parts: UpgradeParts): Promise<UpgradeOutcome> {
  const { files, root } = parts;
  const layout = layoutOf(root);
  const text = readText(files, layout.format);
  if (text !== OLD_FORMAT && text !== CONVERTING) {
    const hasFormat = text !== undefined;
    // Refuses a format that this version does not know.
    openJugdir({ ...parts, partitions: PARTITIONS });
    removeOld(files, layout);
    return { kind: hasFormat ? "up-to-date" : "absent" };
  }
  await requireNoOwner(parts, layout);
  putFormat(parts, layout, CONVERTING);
  try {
    await pause(parts, SETTLE_MS);
    await requireNoOwner(parts, layout);
    const converted = convert(parts, layout);
    await requireNoOwner(parts, layout);
    putFormat(parts, layout, formatText(PARTITIONS));
    openJugdir(parts).prepare();
    for (const name of converted.damaged) files.rename(`${root}/packs/${name}`, `${root}/damaged-${name}`);
    removeOld(files, layout);
    return { kind: "converted", ...converted };
  } catch (error) {
    if (readText(files, layout.format) === CONVERTING) putFormat(parts, layout, OLD_FORMAT);
    throw error;
  }
}

/** Replaces the file `format`. */
function putFormat({ files, tag }: UpgradeParts, { format }: Layout, text: string): void {
  const draft = `${format}.${tag}-upgrade`;
  files.remove(draft);
  createText(files, draft, text);
  files.rename(draft, format);
}

function pause({ timer }: UpgradeParts, ms: number): Promise<void> {
  return new Promise((resolve) => void timer(resolve, ms));
}

/**
 * Waits until it is known of each owner whether it is alive: for a lease at most.
 *
 * @throws {JugError} if one is
 */
async function requireNoOwner(parts: UpgradeParts, { workers }: Layout): Promise<void> {
  const { files, clock, observer, address } = parts;
  const stillness = createStillness(clock);
  const first = new Map<string, string>();
  for (;;) {
    let isCertain = true;
    files.refresh(workers);
    for (const owner of files.names(workers).filter(isOwnerId)) {
      const before = clock();
      const sight = lookAtWorker(files, `${workers}/${owner}`, (home) => isHere(home, observer));
      if (sight === undefined) continue;
      const { home, beat, flock } = sight;
      const hasMoved = first.has(owner) && first.get(owner) !== beat;
      if (flock === "held" || hasMoved) {
        throw inUseError(address, owner);
      }
      first.set(owner, beat);
      const quietMs = stillness.quietMs(owner, beat, before);
      if (flock !== "free" && quietMs < (home?.leaseMs ?? ORPHAN_LEASE_MS)) isCertain = false;
    }
    if (isCertain) return;
    await pause(parts, LOOK_MS);
  }
}

function isHere(home: Observer, observer: Observer | undefined): boolean {
  return observer?.host !== undefined && observer.host === home.host && observer.boot === home.boot;
}

/** Writes all records to one closed segment. */
function convert(parts: UpgradeParts, layout: Layout) {
  const { files, root, tag } = parts;
  for (const folder of [layout.segments, layout.tmp]) if (!files.exists(folder)) files.makeFolder(folder);
  // An interrupted conversion may have left them.
  for (const name of files.names(layout.segments)) files.remove(`${layout.segments}/${name}`);
  const segment = `upgrade-${tag}.0.${tag}-0`;
  const draft = `${layout.tmp}/none.${tag}-upgrade`;
  files.remove(draft);
  const done = new Set<string>();
  const damaged: string[] = [];
  const count = { result: 0, failure: 0 };

  function entryOf(kind: "result" | "failure", { hash, bytes, path }: OldRecord): FrameEntry {
    const common = { kind, hash, origin: segment, sequence: SEQUENCE };
    if (bytes.length < LARGE) return { ...common, payload: bytes };
    const own = layout.result(hash, claimToken({ segment, sequence: SEQUENCE }));
    files.remove(own);
    if (path === undefined || files.link(path, own) === "unsupported") files.create(own, bytes);
    return { ...common, payload: NO_BYTES, ownFileSize: bytes.length };
  }

  function write(): number {
    using output = new SegmentDraft(files, draft);
    const add = (kind: "result" | "failure", record: OldRecord): void => {
      // A failure beside a result means nothing.
      if (done.has(record.hash)) return;
      done.add(record.hash);
      count[kind]++;
      output.add(entryOf(kind, record));
    };
    for (const record of oldResults(files, root, (path) => damaged.push(basename(path)))) {
      add("result", record);
    }
    for (const record of oldFailures(files, root)) add("failure", record);
    return output.finish();
  }

  const length = write();
  if (length === 0) files.remove(draft);
  else files.rename(draft, `${layout.segments}/${segmentFileName({ segment, length, state: "closed" })}`);
  files.syncFolder(layout.segments);
  return { results: count.result, failures: count.failure, damaged };
}

/** Removes the files of format 1. */
function removeOld(files: FileSystem, { root, results }: Layout): void {
  for (const part of files.names(results).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    removeFolder(files, `${results}/${part}`);
  }
  for (const name of OLD_NAMES) {
    const path = `${root}/${name}`;
    const stat = files.stat(path);
    if (stat?.isDirectory === true) removeFolder(files, path);
    else if (stat !== undefined) files.remove(path);
  }
}

function removeFolder(files: FileSystem, path: string): void {
  for (const name of files.names(path)) files.remove(`${path}/${name}`);
  files.remove(path);
}
