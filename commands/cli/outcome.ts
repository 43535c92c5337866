/**
 * What became of a command, the text that says so, and the exit status: each in this one place.
 *
 * @module
 */
import { isJugError, JugError, type JugErrorKind } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { ourText, type Paint, painter } from "../display/paint.ts";

/** What became of a command. */
export type Outcome =
  /** all that was asked for was done */
  | { readonly kind: "done" }
  /** the user asked for a limit, and it was reached */
  | { readonly kind: "stopped"; readonly reason: string }
  /** tasks are left that are not finished, or failed; one line a reason, then what to type next */
  | { readonly kind: "unfinished"; readonly reasons: readonly string[]; readonly nextStep?: string | undefined }
  /** as `unfinished`, as Ctrl-C ended it */
  | { readonly kind: "interrupted"; readonly reasons: readonly string[]; readonly nextStep?: string | undefined }
  /** the user's own code ended it */
  | { readonly kind: "exited"; readonly status: number }
  /** the user can mend it */
  | { readonly kind: "refused"; readonly error: JugError }
  /** nobody foresaw it */
  | { readonly kind: "bug"; readonly error: unknown };

/** The exit statuses of the command line. A shell reports 130 for whatever Ctrl-C ended. */
export const EXIT = { done: 0, unfinished: 1, usage: 2, jugfile: 3, interrupted: 130 } as const;

const EXIT_OF_KIND: Readonly<Record<JugErrorKind, number>> = {
  usage: EXIT.usage,
  jugfile: EXIT.jugfile,
  backend: EXIT.unfinished,
  missing: EXIT.unfinished,
};

/** The exit status that `outcome` stands for. */
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
    case "exited":
      return outcome.status;
    case "refused":
      return EXIT_OF_KIND[outcome.error.kind];
    default:
      return unreachable(outcome);
  }
}

/** What stderr says of `outcome`; `debug` adds our own stack. Empty, or whole lines. */
export function describeOutcome(outcome: Outcome, debug: boolean, paint: Paint = painter(false)): string {
  switch (outcome.kind) {
    case "done":
    case "exited":
      return "";
    case "stopped":
      return ourText(`stopped, since ${outcome.reason}`, "bold", paint);
    case "unfinished":
    case "interrupted":
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

/** The outcome of a command that threw `error`. */
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
