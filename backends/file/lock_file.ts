/**
 * The content of a lock file: the token of the claim, and the home of its owner, so that the lock can be judged if the
 * owner's own file is gone.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Claimant, Owner } from "../backend.ts";
import { leaseOf, ownerOf } from "../validation.ts";
import { type FileSystem, readText } from "./system/file_system.ts";

/** Where an owner runs, and how long its locks stay valid without a renewal. */
export type Home = Pick<Owner, "host" | "boot" | "leaseMs">;

/** One incarnation of a lock (or of a marker, which has the same form). */
export interface LockFile {
  /** The token. For a file with unreadable content, a text that describes the file's state and is not a token. */
  readonly token: string;
  /** `undefined`: the content is unreadable. */
  readonly owner: string | undefined;
  readonly home: Home | undefined;
  /** The file was created, but nothing is written in it yet. */
  readonly empty: boolean;
}

/** The owner of files that belong to no process. It counts as dead. */
export const NOBODY = "none";

/**
 * Returns the owner of the temporary files of a guest, which is a process that is not registered. A guest holds a flock
 * on each of its files. This flock is meaningful only to processes of the same host. If the host's name is unknown, the
 * files belong to nobody.
 */
export function guestOf(host: string | undefined): string {
  return host === undefined ? NOBODY : `guest-${createHash("sha256").update(host).digest("hex").slice(0, 12)}`;
}

/** Returns the token of a claim. */
export function tokenOf(claimant: Claimant, count: string): string {
  return `${claimant.owner.id}.${claimant.thread}.${count}`;
}

/** Returns the text about an owner's home. It is the same in all locks of the owner. */
export function homeText(home: Home | undefined): string {
  return JSON.stringify([home?.host ?? null, home?.boot ?? null, home?.leaseMs ?? null]);
}

/** Returns the content of a lock file. */
export function lockText(token: string, home: string): string {
  return `${token}\n${home}\n`;
}

function parseHome(text: string | undefined): Home | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    const [host, boot, lease]: unknown[] = parsed;
    const leaseMs = leaseOf(lease);
    if (leaseMs === undefined) return undefined;
    return {
      host: typeof host === "string" ? host : undefined,
      boot: typeof boot === "string" ? boot : undefined,
      leaseMs,
    };
  } catch {
    return undefined;
  }
}

/** Reads a lock or a marker; returns `undefined` if there is none. */
export function readLock(files: FileSystem, path: string): LockFile | undefined {
  const text = readText(files, path);
  if (text === undefined) return undefined;
  const [token = "", home] = text.split("\n", 2);
  const owner = ownerOf(token);
  // Without its line end, the token may be truncated, and a truncated token may look like another one.
  if (owner !== undefined && text.length > token.length) return { token, owner, home: parseHome(home), empty: false };
  const stat = files.stat(path);
  if (stat === undefined) return undefined;
  const state = `rubbish-${stat.ino ?? 0}-${stat.mtime ?? 0}-${stat.size}`;
  return { token: state, owner: undefined, home: undefined, empty: stat.size === 0 };
}

/** Returns only the token of a lock: a cheap way to check whether this process still holds it. */
export function readToken(files: FileSystem, path: string): string | undefined {
  const text = readText(files, path);
  return text === undefined ? undefined : text.slice(0, Math.max(text.indexOf("\n"), 0));
}
