/**
 * The log of changes, by which waiting workers learn at once what others did: one file, only ever appended to, a line of
 * fixed width for each change. A hint and no more: nothing is wrong if a line is lost.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import type { Change } from "../backend.ts";
import { explain } from "./errors.ts";
import { statIfThere } from "./files.ts";
import type { Jugdir } from "./jugdir.ts";

/** The log of changes of one jugdir, and how far this process has read it. */
export interface ChangeLog {
  /** Appends lines in one write. */
  append(changes: readonly Change[]): void;
  /** Waits for lines that were not read yet; none when `signal` aborts or the log is closed. */
  wait(signal: AbortSignal): Promise<readonly Change[]>;
  /** Empties a log that has grown long. Only for who is alone: others would miss lines. */
  shorten(): void;
  close(): void;
}

/** A letter, a hash, a line end. */
const LINE = 42;
const MAX_BYTES = 64 * 1024 * 1024;
/** Read at once at most; a multiple of the line. */
const CHUNK = LINE * 50_000;
// A look costs some 5 µs and a timer 20: at 25 ms that is a tenth of a percent of a core, and no task waits longer.
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 25;

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

function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const signal of signals) signal.addEventListener("abort", done);
  });
}

/** Opens the log at its present end. */
export function openChangeLog(jugdir: Jugdir): ChangeLog {
  const { address, layout } = jugdir;
  const path = layout.changes;
  const closing = new AbortController();
  const size = () => statIfThere(path)?.size ?? 0;
  let position = size();
  let output: Deno.FsFile | undefined;

  function readNew(): Change[] {
    const end = size();
    if (end === position) return [];
    // Shorter than what was read: it was started anew.
    if (end < position) position = 0;
    const bytes = new Uint8Array(Math.min(end - position, CHUNK));
    let length = 0;
    using file = Deno.openSync(path);
    file.seekSync(position, Deno.SeekMode.Start);
    while (length < bytes.length) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    // A line that is not whole yet is left for the next look.
    const whole = bytes.lastIndexOf(0x0a, length - 1) + 1;
    // No line is longer than LINE: more than that without an end is rubbish.
    const taken = whole === 0 && length > LINE ? length : whole;
    position += taken;
    return parse(new TextDecoder().decode(bytes.subarray(0, taken)));
  }

  return {
    append(changes) {
      if (changes.length === 0) return;
      output ??= Deno.openSync(path, { append: true, create: true });
      const text = changes.map(({ kind, hash }) => `${LETTERS[kind]}${hash}\n`).join("");
      const bytes = new TextEncoder().encode(text);
      let written = 0;
      while (written < bytes.length) written += output.writeSync(bytes.subarray(written));
    },
    async wait(signal) {
      try {
        for (
          let ms = FIRST_LOOK_MS;
          !signal.aborted && !closing.signal.aborted;
          ms = Math.min(ms * 1.3, LAST_LOOK_MS)
        ) {
          const changes = readNew();
          if (changes.length > 0) return changes;
          await pause(ms, [signal, closing.signal]);
        }
        return [];
      } catch (error) {
        throw explain(error, address);
      }
    },
    shorten() {
      if (size() > MAX_BYTES) Deno.truncateSync(path, 0);
    },
    close() {
      closing.abort();
      output?.close();
      output = undefined;
    },
  };
}
