/**
 * Loads a jugfile into a session.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { runInSession, type Session } from "../../core/session/session.ts";
import { type HasBegun, watchEvaluation } from "./evaluation.ts";
import { jugfilePath } from "./jugfile_path.ts";
import { remedyForAbsent } from "./nearby_jugfiles.ts";

/**
 * The exports of a jugfile.
 *
 * @category Scripts
 */
export type Exports = Readonly<Record<string, unknown>>;

/** A jugfile that is being loaded. Its module may be waiting at a barrier. */
export interface Loading {
  /** `undefined` until the module has settled. */
  readonly outcome: LoadOutcome | undefined;
  /** Whether its code has begun to run. Before that, its modules are fetched, read and compiled. */
  readonly hasBegun: HasBegun;
  /** Resolves when its code begins to run, or, if the runtime cannot report that, when the module has settled. */
  readonly begun: Promise<void>;
  /** Resolves when the module has settled; never rejects. */
  readonly settled: Promise<LoadOutcome>;
}

/** The outcome of loading. */
export type LoadOutcome =
  | { readonly kind: "loaded"; readonly exports: Exports }
  | { readonly kind: "failed"; readonly error: unknown };

/** Returns the URL to import a jugfile by. */
export function jugfileUrl(jugfile: string): string {
  return /^(https?|file|data|blob):/.test(jugfile) ? jugfile : pathToFileURL(resolve(jugfile)).href;
}

/**
 * Starts to load a jugfile. The tasks that it declares are added to `session`.
 *
 * @throws {JugError} of kind "jugfile" if there is no such file, see {@linkcode requireJugfile}.
 */
export function loadJugfile(session: Session, jugfile: string): Loading {
  requireJugfile(jugfile);
  const url = jugfileUrl(jugfile);
  let outcome: LoadOutcome | undefined;
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const evaluation = watchEvaluation(url, begin);
  const settled = runInSession(session, () => import(url)).then(
    (exports: Exports): LoadOutcome => ({ kind: "loaded", exports }),
    (error: unknown): LoadOutcome => ({ kind: "failed", error }),
  ).then((result) => {
    outcome = result;
    evaluation.release();
    begin();
    session.phase = "loaded";
    return result;
  });
  return {
    get outcome() {
      return outcome;
    },
    get hasBegun() {
      return evaluation.hasBegun;
    },
    begun,
    settled,
  };
}

/**
 * Checks that a jugfile exists, is not a folder, and may be read. Called before a jugdir is created for it. Does not
 * check URLs other than `file:`.
 *
 * @throws {JugError} of kind "jugfile".
 */
export function requireJugfile(jugfile: string): void {
  const path = jugfilePath(jugfile);
  if (path === undefined) return;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new JugError("jugfile", `no such jugfile: ${jugfile}`, {
        remedy: remedyForAbsent(path),
        cause: error,
      });
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new JugError("jugfile", missingPermission(error.message, jugfile) ?? error.message, { cause: error });
    }
    throw error;
  }
  if (info.isDirectory) {
    throw new JugError("jugfile", `${jugfile} is a folder, not a jugfile`, {
      remedy: "Name the module in it that declares the tasks",
    });
  }
}
