/**
 * The results of a script that runs without the command line, in the jugdir that it chose.
 *
 * @module
 */
import { openBackend } from "../../backends/open.ts";
import { tasksOf } from "../../core/session/barrier.ts";
import { JugError } from "../../core/errors.ts";
import type { Results, Session } from "../../core/session/session.ts";
import { SessionResults } from "../inspect/session_results.ts";
import { findJugdir } from "../load/jugdir.ts";
import { jugfileUrl } from "../load/load.ts";
import { SourceReader } from "../sources/source_reader.ts";
import { Store } from "../results/store.ts";
import { isTelemetryOn } from "../telemetry/is_on.ts";

/** Returns the address of a session's jugdir. */
export function addressOf(session: Session): string {
  return findJugdir(session.jugdir, session.jugfile ?? ownScript(), new Date());
}

/**
 * Returns the path of the script. In a compiled program, only its name: the script is inside the program, where no
 * results can be stored.
 */
function ownScript(): string {
  return Deno.build.standalone ? new URL(Deno.mainModule).pathname.split("/").at(-1) ?? "" : Deno.mainModule;
}

/** Returns the results of a session; opens the script's jugdir if it is not open yet. */
export async function sessionResults(session: Session): Promise<Results> {
  return session.results ?? await openResults(session, addressOf(session));
}

/** Opens the jugdir at `address`, and makes it the place of the session's results. */
export async function openResults(session: Session, address: string): Promise<SessionResults> {
  const opened = await openBackend(address, { create: true });
  const backend = isTelemetryOn() ? (await import("../telemetry/telemetry.ts")).tracedHere(opened) : opened;
  const results = new SessionResults(
    session,
    new Store(backend, { onDamaged: warnDamaged, sources: sourcesOfScript(session) }),
  );
  session.results = results;
  return results;
}

/** Returns the reader for a script's modules, which were loaded since it began. */
function sourcesOfScript({ jugfile }: Session): SourceReader {
  const main = jugfile === undefined ? Deno.mainModule : jugfileUrl(jugfile);
  return new SourceReader({ main, since: performance.timeOrigin });
}

/** Returns the keeper for the time in which no worker runs: a barrier passes only if all its tasks are finished. */
export function keeperOf(session: Session, results: Results): Session["keeper"] {
  return {
    hold: async ({ waitsFor }) => {
      const hashes = tasksOf(session, waitsFor);
      if ((await results.has(hashes)).size === new Set(hashes).size) return;
      throw new JugError("missing", "barrier() waits for tasks that no worker runs", {
        remedy: "`await execute()` before the barrier",
      });
    },
  };
}

/** Tells the user of a damaged result, on stderr. */
export function warnDamaged(hash: string, reason: string): void {
  console.error(`jug: the result ${hash.slice(0, 8)} is damaged (${reason}) and was removed`);
}
