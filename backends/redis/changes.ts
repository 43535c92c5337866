/**
 * Reports what others did. Every script adds an entry to a short stream and publishes a wake-up message. A reader finds
 * in the stream what it missed between two looks, also if its listening connection was down.
 *
 * @module
 */
import { append } from "../../core/lists.ts";
import { isHash } from "../../core/brand.ts";
import type { Change } from "../backend.ts";
import type { Link } from "./routes/link.ts";
import type { Place } from "./place.ts";
import { listOf, textOf } from "./replies.ts";

/** Waits for what others do. */
export interface Changes {
  wait(signal: AbortSignal): Promise<readonly Change[]>;
  close(): void;
}

/**
 * How long to sleep without a wake-up, in milliseconds: a wake-up may get lost, or the user may lack the right to
 * subscribe.
 */
const POLL_MS = 1000;
/** How many entries to read at a time. */
const LINES = 200;
/** A letter and a hash. */
const WIDTH = 41;

const KINDS = new Map<string, Change["kind"]>([
  ["f", "finished"],
  ["x", "failed"],
  ["r", "released"],
  ["d", "removed"],
]);

function parseLine(text: string): Change[] {
  const changes: Change[] = [];
  for (let start = 0; start + WIDTH <= text.length; start += WIDTH) {
    const kind = KINDS.get(text.slice(start, start + 1));
    const hash = text.slice(start + 1, start + WIDTH);
    if (kind !== undefined && isHash(hash)) changes.push({ kind, hash });
  }
  return changes;
}

/** Creates a reader of the changes from now on. */
export async function openChanges({ connection, keys }: Place): Promise<Changes> {
  const closing = new AbortController();
  let last = await newestId();
  let listening: Promise<Link> | undefined;
  let isWoken = false;
  let wake = () => {};

  async function newestId(): Promise<string> {
    const [line] = listOf(await connection.send(["XREVRANGE", keys.changes, "+", "-", "COUNT", "1"]));
    return textOf(listOf(line)[0]) || "0";
  }

  async function readNew(): Promise<Change[]> {
    const lines = listOf(await connection.send(["XRANGE", keys.changes, `(${last}`, "+", "COUNT", String(LINES)]));
    const changes: Change[] = [];
    for (const line of lines) {
      const [id, fields] = listOf(line);
      last = textOf(id) || last;
      append(changes, parseLine(textOf(listOf(fields)[1])));
    }
    return changes;
  }

  /** Makes sure that wake-ups arrive. If that is not possible, polling has to suffice. */
  async function listen(): Promise<void> {
    const attempt = listening ??= connection.listen(keys.changes, () => {
      isWoken = true;
      wake();
    });
    try {
      if (!(await attempt).isBroken) return;
    } catch {
      // Retried after the next poll.
    }
    if (listening === attempt) listening = undefined;
  }

  function pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        wake = () => {};
        signal.removeEventListener("abort", done);
        closing.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, POLL_MS);
      wake = done;
      signal.addEventListener("abort", done);
      closing.signal.addEventListener("abort", done);
      if (isWoken || signal.aborted || closing.signal.aborted) done();
    });
  }

  return {
    async wait(signal) {
      while (!signal.aborted && !closing.signal.aborted) {
        await listen();
        isWoken = false;
        // While the server is away, there are no changes. Callers notice this from their other requests.
        const changes = await readNew().catch(() => []);
        if (changes.length > 0) return changes;
        await pause(signal);
      }
      return [];
    },
    close() {
      closing.abort();
      void listening?.then((link) => link.close(), () => {});
    },
  };
}
