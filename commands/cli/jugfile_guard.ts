/**
 * Protects a process that inspects a jugfile from what the jugfile does: printing to stdout and ending the process.
 *
 * @module
 */
import { endedText, guardExits } from "../../engine/threads/thread_guard.ts";
import { ourText, painter } from "../display/paint.ts";
import type { Host } from "./host.ts";
import { EXIT } from "./outcome.ts";

const PRINTING = ["log", "info", "debug", "dir", "table"] as const;

/**
 * Guards the process until the returned function is called. What the jugfile prints goes to stderr, because a program
 * may read results from stdout. A call that ends the process is reported with its place in the code, and the process
 * then exits with the status for a jugfile that could not be loaded.
 */
export function guardJugfile(host: Pick<Host, "stderr" | "color">, jugfile: string): () => void {
  const printing = PRINTING.map((method) => ({ method, print: console[method] }));
  for (const { method } of printing) console[method] = (...data: unknown[]) => console.error(...data);
  const endGuard = guardExits((call, place) => {
    const text = `${jugfile} could not be loaded\n  ${endedText(call, place)}`;
    host.stderr(ourText(text, "red", painter(host.color.stderr)));
  }, EXIT.jugfile);
  return () => {
    endGuard();
    for (const { method, print } of printing) console[method] = print;
  };
}
