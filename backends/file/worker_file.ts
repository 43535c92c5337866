/**
 * The file by which a process is known to the others: a heartbeat counter of fixed width that is written in place, then
 * who it is. Its main thread holds a flock on it for life, which the system frees however the process ends.
 *
 * @module
 */
import type { Owner } from "../backend.ts";
import { leaseOf } from "../form.ts";
import type { Flock } from "../liveness.ts";
import { isStale } from "./errors.ts";
import { type FileSystem, openIfThere, probeLock } from "./system/file_system.ts";
import type { Home } from "./lock_file.ts";

/** What an observer saw of an owner. */
export interface WorkerSight {
  /** Changes with every heartbeat. */
  readonly beat: string;
  /** `undefined`: the file holds rubbish. */
  readonly home: Home | undefined;
  /** `free`: its process is gone. `unknown`: the file system has no such locks, or it was not asked. */
  readonly flock: Flock;
}

const BEAT_WIDTH = 16;
/** Far more than a worker file has. */
const MAX_BYTES = 4096;

/** The counter as it stands in the file. */
export function beatText(beat: number): string {
  return String(beat).padStart(BEAT_WIDTH, "0");
}

/** The whole file. `locked`: whether a flock is held on it, so that a free one means something. */
export function workerText(owner: Owner, beat: number, locked: boolean): string {
  const { host, boot, pid, leaseMs } = owner;
  const about = { host: host ?? null, boot: boot ?? null, pid: pid ?? null, leaseMs, locked };
  return `${beatText(beat)}\n${JSON.stringify(about)}\n`;
}

function parseAbout(text: string): { home: Home; locked: boolean } | undefined {
  try {
    const about: unknown = JSON.parse(text);
    if (typeof about !== "object" || about === null || !("leaseMs" in about)) return undefined;
    const leaseMs = leaseOf(about.leaseMs);
    if (leaseMs === undefined) return undefined;
    const host = "host" in about && typeof about.host === "string" ? about.host : undefined;
    const boot = "boot" in about && typeof about.boot === "string" ? about.boot : undefined;
    return { home: { host, boot, leaseMs }, locked: "locked" in about && about.locked === true };
  } catch {
    return undefined;
  }
}

/**
 * Looks at an owner's file; `undefined` where there is none. Its lock is left as it is: it belongs to the open file.
 *
 * @param asksFlock Whether the flock of an owner that lives there says anything. Else it is not asked: a server that dropped
 * the locks of a host it heard nothing of does so for good only when somebody else asks for them.
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
    // On Windows a locked file cannot be read by others: that it is locked is then all there is to know.
    if (Deno.build.os === "windows") return { beat: "", home: undefined, flock: probeLock(file) };
    throw error;
  }
  const about = parseAbout(text.slice(BEAT_WIDTH + 1));
  if (about === undefined) return { beat: text, home: undefined, flock: "unknown" };
  const flock = about.locked && asksFlock(about.home) ? probeLock(file) : "unknown";
  return { beat: text.slice(0, BEAT_WIDTH), home: about.home, flock };
}
