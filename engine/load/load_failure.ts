/**
 * What is said of a jugfile that could not be loaded.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { compiledLoaderFault } from "./compiled_loader.ts";
import { servedModuleHint } from "./served_module.ts";
import { type ErrorReport, errorText, reportError } from "../store/error_report.ts";

/** The error for whoever asked for the jugfile. */
export function jugfileFailure(jugfile: string, error: unknown): JugError {
  if (isJugError(error) && error.kind === "jugfile") return error;
  return new JugError("jugfile", loadFailureText(jugfile, reportError(error)), { cause: error });
}

/** Which module is meant by "jug" is for the importing program to say: the command line does, a script has deno.json. */
function importMapHint(text: string): string | undefined {
  if (!/"jug" not a dependency|import path "jug" not prefixed/.test(text)) return undefined;
  const config = JSON.stringify({ imports: { jug: `${LIBRARY}mod.ts` } });
  return `Write ${config} into the deno.json of the script's folder, or let \`jug init\` make a folder that has one`;
}

/** What went wrong and where in the user's own code. */
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
