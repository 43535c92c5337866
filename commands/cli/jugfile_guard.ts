/**
 * What a jugfile may not do to the process that only looks at it.
 *
 * @module
 */
import { endedText, guardExits } from "../../engine/threads/thread_guard.ts";
import { ourText, painter } from "../display/paint.ts";
import type { Host } from "./host.ts";
import { EXIT } from "./outcome.ts";

const PRINTING = ["log", "info", "debug", "dir", "table"] as const;

/**
 * Until the answer is called, what the jugfile prints goes to stderr, since stdout holds results that a program may read;
 * and whatever ends the process says who called it, and ends it as a jugfile does that could not be loaded.
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
