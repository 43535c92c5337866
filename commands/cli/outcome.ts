/**
 * The outcome of a command, and its message and exit status.
 *
 * @module
 */
import { isJugError, JugError, type JugErrorKind } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { ourText, type Paint, painter } from "../display/paint.ts";

/** The outcome of a command. */
export type Outcome =
  /** everything that the user asked for is done */
  | { readonly kind: "done" }
  /** a limit that the user set was reached */
  | { readonly kind: "stopped"; readonly reason: string }
  /** tasks are unfinished or failed, or results are missing; one line per reason, then what to type next */
  | { readonly kind: "unfinished"; readonly reasons: readonly string[]; readonly nextStep?: string | undefined }
  /** like `unfinished`, after Ctrl-C */
  | { readonly kind: "interrupted"; readonly reasons: readonly string[]; readonly nextStep?: string | undefined }
  /** like `unfinished`, after a signal of a scheduler: the same command would continue */
  | { readonly kind: "drained"; readonly reasons: readonly string[]; readonly nextStep?: string | undefined }
  /** user code ended the process */
  | { readonly kind: "exited"; readonly status: number }
  /** an error that the user can fix */
  | { readonly kind: "refused"; readonly error: JugError }
  /** an unexpected error */
  | { readonly kind: "bug"; readonly error: unknown };

/**
 * The exit statuses of the command line. Shells report 130 for a program that Ctrl-C ended; 75 is EX_TEMPFAIL of
 * sysexits.h, "try again later".
 */
export const EXIT = { done: 0, unfinished: 1, usage: 2, jugfile: 3, drained: 75, interrupted: 130 } as const;

const EXIT_OF_KIND: Readonly<Record<JugErrorKind, number>> = {
  usage: EXIT.usage,
  jugfile: EXIT.jugfile,
  backend: EXIT.unfinished,
  missing: EXIT.unfinished,
};

/** Returns the exit status for `outcome`. */
export function exitStatus(outcome: Outcome): number {
  switch (outcome.kind) {
    case "done":
    case "stopped":
      return EXIT.done;
    case "unfinished":
    case "bug":
      return EXIT.unfinished;
    case "interrupted":
      return EXIT.interrupted;
    case "drained":
      return EXIT.drained;
    case "exited":
      return outcome.status;
    case "refused":
      return EXIT_OF_KIND[outcome.error.kind];
    default:
      return unreachable(outcome);
  }
}

/** Returns the text for stderr: whole lines, or empty. `debug` adds the stack of a refusal, including jug's frames. */
export function describeOutcome(outcome: Outcome, debug: boolean, paint: Paint = painter(false)): string {
  switch (outcome.kind) {
    case "done":
    case "exited":
      return "";
    case "stopped":
      return ourText(`stopped, since ${outcome.reason}`, "bold", paint);
    case "unfinished":
    case "interrupted":
    case "drained":
      return outcome.reasons.map((reason) => ourText(reason, "red", paint)).join("") +
        (outcome.nextStep === undefined ? "" : `  ${outcome.nextStep}\n`);
    case "refused":
      return ourText(outcome.error.message, "red", paint) + (debug ? `${fullText(outcome.error)}\n` : "");
    case "bug":
      return ourText(
        `this is a bug in jug, please report it with the text below\n${fullText(outcome.error)}`,
        "red",
        paint,
      );
    default:
      return unreachable(outcome);
  }
}

/** Returns the outcome of a command that threw `error`. */
export function outcomeOfError(error: unknown): Outcome {
  if (isJugError(error)) return { kind: "refused", error };
  const refusal = error instanceof Deno.errors.NotCapable ? missingPermission(error.message) : undefined;
  if (refusal !== undefined) return { kind: "refused", error: new JugError("usage", refusal, { cause: error }) };
  return { kind: "bug", error };
}

function fullText(error: unknown): string {
  return Deno.inspect(error, { colors: false, depth: 6 });
}

function unreachable(value: never): never {
  throw new TypeError(`No such outcome: ${Deno.inspect(value)}`);
}
