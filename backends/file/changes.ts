/**
 * The log of changes, from which waiting workers learn immediately what others did. It is one file that is only
 * appended to, with a line of fixed width for each change. The log is only a hint: losing a line does no harm. Over a
 * network most lines are lost or late, so there the locks are watched, too.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import type { Change } from "../backend.ts";
import { explain } from "./errors.ts";
import { type OpenFile, openIfThere } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { watchLocks } from "./lock_watch.ts";
import type { Presence } from "./presence.ts";

/** The log of changes of one jugdir, and how far this process has read it. */
export interface ChangeLog {
  /** Appends lines in one write. */
  append(changes: readonly Change[]): void;
  /** Waits for lines that were not read yet. Returns none if `signal` aborts or the log is closed. */
  wait(signal: AbortSignal): Promise<readonly Change[]>;
  /**
   * Empties a log that has grown long. Other processes continue at its new start, and miss the lines that they had not
   * read.
   */
  shorten(): void;
  close(): void;
}

/** A letter, a hash, a line end. */
const LINE = 42;
const MAX_BYTES = 64 * 1024 * 1024;
/** The most bytes to read at once; a multiple of the line. */
const CHUNK = LINE * 50_000;
// Waking a sleeping process costs about 300 µs, and the look itself a few µs. Every 30 ms, that is one percent of a
// core, and a task still starts within 50 ms of the change that it waits for.
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 30;
/** The time between looks if this host's processes are watched, so that the looks only find what other hosts wrote. */
const WATCHED_LOOK_MS = 250;

const LETTERS: Record<Change["kind"], string> = { finished: "f", failed: "x", released: "r", removed: "d" };
const KINDS = new Map<string, Change["kind"]>([
  ["f", "finished"],
  ["x", "failed"],
  ["r", "released"],
  ["d", "removed"],
]);

function parse(text: string): Change[] {
  const changes: Change[] = [];
  for (const line of text.split("\n")) {
    const kind = KINDS.get(line.slice(0, 1));
    const hash = line.slice(1);
    if (kind !== undefined && isHash(hash)) changes.push({ kind, hash });
  }
  return changes;
}

const encoder = new TextEncoder();

/** Opens the log at its current end. */
export function openChangeLog(jugdir: Jugdir, presence: Presence): ChangeLog {
  const { address, files, layout, timer } = jugdir;
  const path = layout.changes;
  const locks = watchLocks(jugdir, presence);
  const closing = new AbortController();
  let position = files.stat(path)?.size ?? 0;
  let output: OpenFile | undefined;

  function readNew(): Change[] {
    // Open the file at each look: over a network, only that gives a size that is not cached.
    using file = files.exists(path) ? openIfThere(files, path) : undefined;
    const end = file?.size() ?? 0;
    if (end === position) return [];
    // The log is shorter than what was read, so it was emptied.
    if (end < position) position = 0;
    if (file === undefined) return [];
    const bytes = file.read(position, Math.min(end - position, CHUNK));
    // An incomplete line is left for the next look.
    const whole = bytes.lastIndexOf(0x0a) + 1;
    // No line is longer than LINE, so more bytes than that without a line end are not valid.
    const taken = whole === 0 && bytes.length > LINE ? bytes.length : whole;
    position += taken;
    return parse(new TextDecoder().decode(bytes.subarray(0, taken)));
  }

  return {
    append(changes) {
      if (changes.length === 0) return;
      output ??= files.open(path, "append");
      let text = "";
      for (const { kind, hash } of changes) text += `${LETTERS[kind]}${hash}\n`;
      output.write(encoder.encode(text), 0);
    },
    wait: (signal) =>
      new Promise((resolve, reject) => {
        let callOff = () => {};
        let ms = FIRST_LOOK_MS;
        let unwatch: (() => void) | undefined;
        let isOver = false;
        const settle = (act: () => void) => {
          isOver = true;
          callOff();
          unwatch?.();
          signal.removeEventListener("abort", stop);
          closing.signal.removeEventListener("abort", stop);
          act();
        };
        const stop = () => settle(() => resolve([]));
        // Use one promise for the whole wait: a new promise for each look would cost as much as the look.
        const look = () => {
          if (isOver) return;
          callOff();
          try {
            const changes = [...readNew(), ...locks.look()];
            if (changes.length > 0) return settle(() => resolve(changes));
          } catch (error) {
            return settle(() => reject(explain(error, address)));
          }
          callOff = timer(look, unwatch === undefined ? ms : WATCHED_LOOK_MS);
          // Watching pays only if nothing happens for a while. The next look sees what happens before the watch begins.
          if (ms === LAST_LOOK_MS) unwatch ??= files.watch(layout.root, look);
          ms = Math.min(ms * 1.3, LAST_LOOK_MS);
        };
        if (signal.aborted || closing.signal.aborted) return resolve([]);
        signal.addEventListener("abort", stop);
        closing.signal.addEventListener("abort", stop);
        look();
      }),
    shorten() {
      if ((files.stat(path)?.size ?? 0) > MAX_BYTES) files.truncate(path);
    },
    close() {
      closing.abort();
      output?.close();
      output = undefined;
    },
  };
}
