/**
 * Builds the error message for a jugfile that could not be loaded.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { compiledLoaderFault } from "./compiled_loader.ts";
import { servedModuleHint } from "./served_module.ts";
import { type ErrorReport, errorText, reportError } from "../results/error_report.ts";

/** Returns the error that reports a failed load. An error of kind "jugfile" is returned unchanged. */
export function jugfileFailure(jugfile: string, error: unknown): JugError {
  if (isJugError(error) && error.kind === "jugfile") return error;
  return new JugError("jugfile", loadFailureText(jugfile, reportError(error)), { cause: error });
}

/**
 * Returns a hint if the import of "jug" could not be resolved. The command line resolves it, but a script needs a
 * deno.json that does.
 */
function importMapHint(text: string): string | undefined {
  if (!/"jug" not a dependency|import path "jug" not prefixed/.test(text)) return undefined;
  const config = JSON.stringify({ imports: { jug: `${LIBRARY}mod.ts` } });
  return `Write ${config} into the deno.json of the script's folder, or make a folder that has one with \`jug init\``;
}

/** Returns the message: what went wrong, and where in user code. */
export function loadFailureText(jugfile: string, error: ErrorReport): string {
  const refusal = missingPermission(error.message);
  if (refusal === undefined) {
    const text = compiledLoaderFault(error) ?? errorText(error);
    const hint = servedModuleHint(text) ?? importMapHint(text);
    return `${jugfile} could not be loaded\n  ${text}${hint === undefined ? "" : `\n  ${hint}`}`;
  }
  const [frame] = error.frames;
  return `${jugfile} could not be loaded: ${refusal}${frame === undefined ? "" : ` (${frame})`}`;
}
