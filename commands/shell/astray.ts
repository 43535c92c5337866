/**
 * Errors that nobody awaits or catches: a prompt outlives them.
 *
 * @module
 */
import { errorText, reportError } from "../../engine/store/error_report.ts";

/** Has each of them told instead of ending the process, until the answer is called; `textOf` says what it is. */
export function outliveAstray(
  tell: (text: string) => void,
  textOf: (error: unknown) => string = (error) => errorText(reportError(error)),
): () => void {
  const report = (event: Event, error: unknown): void => {
    // The jugfile may have seen to it itself.
    if (event.defaultPrevented) return;
    event.preventDefault();
    tell(`${textOf(error)}\n  (nobody awaits or catches this)`);
  };
  const onRejection = (event: PromiseRejectionEvent): void => report(event, event.reason);
  const onError = (event: ErrorEvent): void => report(event, event.error);
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return () => {
    removeEventListener("unhandledrejection", onRejection);
    removeEventListener("error", onError);
  };
}
