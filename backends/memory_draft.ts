/**
 * The draft of a memory file: written beside it, and given its name when it is whole. It is the lock as well: only who holds
 * it may look at the file and replace it, so that of two who save at once each finds what the other saved.
 *
 * @module
 */
import { JugError } from "../core/errors.ts";
import { statIfThere } from "./stat.ts";

/** Which file it is the draft of. */
export interface DraftPlace {
  readonly path: string;
  /** The file's name in messages. */
  readonly address: string;
  /** How long somebody else may hold the draft and do nothing, in milliseconds. @default 60,000 */
  readonly patienceMs?: number;
}

/** A draft that is ours alone. */
export interface Draft {
  /** Writes the draft and gives it the file's name. */
  publish(parts: Iterable<Uint8Array>): void;
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = 10;

/** Nothing else happens at the end of a run, when files are saved, so the thread may stand still. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function tryLock(path: string): Deno.FsFile | undefined {
  // Not cut to nothing: somebody else may be writing it.
  const file = Deno.openSync(path, { write: true, create: true });
  let isOurs = false;
  try {
    // Who held it may have renamed or removed it since it was opened: then another file is the draft now.
    isOurs = file.tryLockSync(true) && file.statSync().ino === statIfThere(path)?.ino;
    return isOurs ? file : undefined;
  } finally {
    if (!isOurs) file.close();
  }
}

function lock(path: string, address: string, patienceMs: number): Deno.FsFile {
  let seen: string | undefined;
  for (let deadline = Infinity;; pause()) {
    const file = tryLock(path);
    if (file !== undefined) return file;
    const now = statIfThere(path);
    const stamp = `${now?.ino} ${now?.size} ${now?.mtime?.getTime()}`;
    // Who goes on writing is waited for, however long it takes, and so is a queue that moves on.
    if (stamp !== seen) deadline = performance.now() + patienceMs;
    seen = stamp;
    if (performance.now() < deadline) continue;
    throw new JugError(
      "backend",
      `"${address}" cannot be saved: another process has held ${path} for ${patienceMs / 1000} s without writing to it`,
      { remedy: "Let that process go on or end it (it may be stopped), and run again" },
    );
  }
}

/** Waits for the draft, and calls `use` with it. A draft that was not published is gone afterwards. */
export function withDraft({ path, address, patienceMs = PATIENCE_MS }: DraftPlace, use: (draft: Draft) => void): void {
  const name = `${path}.tmp`;
  using file = lock(name, address, patienceMs);
  let isThere = true;
  try {
    use({
      publish(parts) {
        // What a process left that was killed while it wrote.
        file.truncateSync(0);
        for (const part of parts) {
          for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
        }
        file.syncDataSync();
        Deno.renameSync(name, path);
        isThere = false;
      },
    });
  } finally {
    // While it is still ours: the next one makes its own.
    if (isThere) Deno.removeSync(name);
  }
}
