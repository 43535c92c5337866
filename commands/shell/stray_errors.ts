/**
 * Keeps a prompt alive after unhandled errors and rejections.
 *
 * @module
 */
import { errorText, reportError } from "../../engine/results/error_report.ts";

/**
 * Reports unhandled errors and rejections by `tell`, so that they do not end the process, until the returned function
 * is called. `textOf` formats an error.
 */
export function surviveStrayErrors(
  tell: (text: string) => void,
  textOf: (error: unknown) => string = (error) => errorText(reportError(error)),
): () => void {
  const report = (event: Event, error: unknown): void => {
    // The jugfile may have its own handler.
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
