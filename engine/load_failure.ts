/**
 * What is said of a jugfile that could not be loaded.
 *
 * @module
 */
import { isJugError, JugError } from "../core/errors.ts";
import { missingPermission } from "../core/missing_permission.ts";
import { compiledLoaderFault } from "./compiled_loader.ts";
import { servedModuleHint } from "./served_module.ts";
import { errorText, reportError } from "./error_report.ts";
import type { ErrorReport } from "./messages.ts";

/** The error for whoever asked for the jugfile. */
export function jugfileFailure(jugfile: string, error: unknown): JugError {
  if (isJugError(error) && error.kind === "jugfile") return error;
  return new JugError("jugfile", loadFailureText(jugfile, reportError(error)), { cause: error });
}

/** What went wrong and where in the user's own code. */
export function loadFailureText(jugfile: string, error: ErrorReport): string {
  const refusal = missingPermission(error.message);
  if (refusal === undefined) {
    const text = compiledLoaderFault(error) ?? errorText(error);
    const hint = servedModuleHint(text);
    return `${jugfile} could not be loaded\n  ${text}${hint === undefined ? "" : `\n  ${hint}`}`;
  }
  const [frame] = error.frames;
  return `${jugfile} could not be loaded: ${refusal}${frame === undefined ? "" : ` (${frame})`}`;
}
