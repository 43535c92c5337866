/**
 * The file that registers a process: a heartbeat counter of fixed width, which is written in place, then a description
 * of the process. The main thread holds a flock on the file as long as it lives; the system frees the flock however the
 * process ends.
 *
 * @module
 */
import { basename } from "node:path";
import type { Owner } from "../../backend.ts";
import { leaseOf } from "../../validation.ts";
import type { Flock } from "../../liveness.ts";
import { isStale } from "../errors.ts";
import { type FileSystem, openIfThere, probeLock } from "../system/file_system.ts";
import type { Home } from "../claims/claim_state.ts";
import { parseProcess, type ProcessRecord } from "../segments/process_table.ts";

/** What an observer saw of an owner. */
export interface WorkerSight {
  /** Changes with every heartbeat. */
  readonly beat: string;
  /** `undefined`: the content is unreadable. */
  readonly home: Home | undefined;
  /** What it says about the process; `undefined`: the content is unreadable. */
  readonly process: ProcessRecord | undefined;
  /** `free`: the process has ended. `unknown`: the file system has no flocks, or the flock was not probed. */
  readonly flock: Flock;
}

const BEAT_WIDTH = 16;
/** Far more than a worker file has. */
const MAX_BYTES = 4096;

/** Returns the counter as it is written in the file. */
export function beatText(beat: number): string {
  return String(beat).padStart(BEAT_WIDTH, "0");
}

/**
 * Returns the whole content. `locked` records whether a flock is held on the file: only then does a free flock mean
 * anything.
 */
export function workerText(owner: Owner, beat: number, locked: boolean): string {
  const { host, boot, pid, leaseMs, started, options } = owner;
  const about = { host: host ?? null, boot: boot ?? null, pid: pid ?? null, leaseMs, locked, started, options };
  return `${beatText(beat)}\n${JSON.stringify(about)}\n`;
}

function parseAbout(id: string, text: string): { home: Home; locked: boolean; process: ProcessRecord } | undefined {
  try {
    const about: unknown = JSON.parse(text);
    if (typeof about !== "object" || about === null || !("leaseMs" in about)) return undefined;
    const leaseMs = leaseOf(about.leaseMs);
    if (leaseMs === undefined) return undefined;
    const host = "host" in about && typeof about.host === "string" ? about.host : undefined;
    const boot = "boot" in about && typeof about.boot === "string" ? about.boot : undefined;
    const process = parseProcess({ ...about, id });
    if (process === undefined) return undefined;
    return { home: { host, boot, leaseMs }, locked: "locked" in about && about.locked === true, process };
  } catch {
    return undefined;
  }
}

/**
 * Reads an owner's file; returns `undefined` if there is none. This does not free the owner's flock, which belongs to
 * the owner's open file.
 *
 * @param asksFlock Whether the flock of an owner with that home is meaningful. Otherwise the flock is not probed: a
 * server that hears nothing from a host drops that host's locks only when somebody else asks for them.
 */
export function lookAtWorker(
  files: FileSystem,
  path: string,
  asksFlock: (home: Home) => boolean,
): WorkerSight | undefined {
  using file = openIfThere(files, path);
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder().decode(file.read(0, MAX_BYTES));
  } catch (error) {
    if (isStale(error)) return undefined;
    // On Windows, others cannot read a locked file. Then all that is known is that it is locked.
    if (Deno.build.os === "windows") return { beat: "", home: undefined, process: undefined, flock: probeLock(file) };
    throw error;
  }
  const about = parseAbout(basename(path), text.slice(BEAT_WIDTH + 1));
  if (about === undefined) return { beat: text, home: undefined, process: undefined, flock: "unknown" };
  const flock = about.locked && asksFlock(about.home) ? probeLock(file) : "unknown";
  return { beat: text.slice(0, BEAT_WIDTH), home: about.home, process: about.process, flock };
}
