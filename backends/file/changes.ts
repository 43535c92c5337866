/**
 * Tells waiting workers what others did: they look at the folder of segments, whose names change with each commit.
 *
 * @module
 */
import type { Change } from "../backend.ts";
import { explain } from "./errors.ts";
import type { Jugdir } from "./jugdir.ts";
import type { Segments } from "./segments/segments.ts";

/** Waits for changes. */
export interface Changes {
  /** Waits for changes that were not returned yet. Returns none if `signal` aborts or this is closed. */
  wait(signal: AbortSignal): Promise<readonly Change[]>;
  close(): void;
}

// Waking a sleeping process costs about 300 µs, and the look itself a few µs. Every 30 ms, that is one percent of a
// core, and a task still starts within 50 ms of the change that it waits for.
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 30;
/** The time between looks if this host's processes are watched, so that the looks only find what other hosts did. */
const WATCHED_LOOK_MS = 250;

/** Begins with what the segments contain now. */
export function openChanges(jugdir: Jugdir, segments: Segments): Changes {
  const { address, files, layout, timer } = jugdir;
  const closing = new AbortController();

  return {
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
            segments.refresh();
            const changes = segments.index.takeChanges();
            if (changes.length > 0) return settle(() => resolve(changes));
          } catch (error) {
            return settle(() => reject(explain(error, address)));
          }
          callOff = timer(look, unwatch === undefined ? ms : WATCHED_LOOK_MS);
          // Watching pays only if nothing happens for a while. The next look sees what happens before the watch begins.
          if (ms === LAST_LOOK_MS) unwatch ??= files.watch(layout.segments, look);
          ms = Math.min(ms * 1.3, LAST_LOOK_MS);
        };
        if (signal.aborted || closing.signal.aborted) return resolve([]);
        signal.addEventListener("abort", stop);
        closing.signal.addEventListener("abort", stop);
        look();
      }),
    close: () => closing.abort(),
  };
}
