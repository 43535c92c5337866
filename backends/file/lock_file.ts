/**
 * What a lock file says: the token of the claim, and where its owner lives, so that the lock can be judged when the
 * owner's own file is gone.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Claimant, Owner } from "../backend.ts";
import { leaseOf, ownerOf } from "../form.ts";
import { type FileSystem, readText } from "./system/file_system.ts";

/** Where an owner lives, and how long its locks hold without a renewal. */
export type Home = Pick<Owner, "host" | "boot" | "leaseMs">;

/** One incarnation of a lock (or of a marker, which has the same form). */
export interface LockFile {
  /** The token; of a file with rubbish in it, a name of the file's state that is no token. */
  readonly token: string;
  /** `undefined`: rubbish. */
  readonly owner: string | undefined;
  readonly home: Home | undefined;
  /** Created, but nothing is written in it yet. */
  readonly empty: boolean;
}

/** The owner in a token that nobody holds any more. It counts as dead. */
export const NOBODY = "none";

/**
 * Whose temporary files are those of a guest, who is not registered: he holds a flock on each, which says something to
 * processes of his host. Where its name is not known they are nobody's.
 */
export function guestOf(host: string | undefined): string {
  return host === undefined ? NOBODY : `guest-${createHash("sha256").update(host).digest("hex").slice(0, 12)}`;
}

/** The token of a claim. */
export function tokenOf(claimant: Claimant, count: string): string {
  return `${claimant.owner.id}.${claimant.thread}.${count}`;
}

/** The text about an owner's home; it is the same in all of the owner's locks. */
export function homeText(home: Home | undefined): string {
  return JSON.stringify([home?.host ?? null, home?.boot ?? null, home?.leaseMs ?? null]);
}

/** The text of a lock file. */
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

/** Reads a lock or a marker; `undefined` where there is none. */
export function readLock(files: FileSystem, path: string): LockFile | undefined {
  const text = readText(files, path);
  if (text === undefined) return undefined;
  const [token = "", home] = text.split("\n", 2);
  const owner = ownerOf(token);
  // Without its line end the token may be cut short, and a token cut short may look like another.
  if (owner !== undefined && text.length > token.length) return { token, owner, home: parseHome(home), empty: false };
  const stat = files.stat(path);
  if (stat === undefined) return undefined;
  const state = `rubbish-${stat.ino ?? 0}-${stat.mtime ?? 0}-${stat.size}`;
  return { token: state, owner: undefined, home: undefined, empty: stat.size === 0 };
}

/** The token of a lock, and nothing more: the cheap question whether it is still ours. */
export function readToken(files: FileSystem, path: string): string | undefined {
  const text = readText(files, path);
  return text === undefined ? undefined : text.slice(0, Math.max(text.indexOf("\n"), 0));
}
