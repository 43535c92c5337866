/**
 * What a jugfile may not do to the process that only looks at it.
 *
 * @module
 */
import { callerOf } from "../core/caller.ts";
import type { Host } from "./host.ts";
import { EXIT } from "./outcome.ts";

const PRINTING = ["log", "info", "debug", "dir", "table"] as const;

/**
 * Until the answer is called, what the jugfile prints goes to stderr, since stdout holds results that a program may read;
 * and `Deno.exit` says who called it, and ends the process as a jugfile does that could not be loaded.
 */
export function guardJugfile(host: Pick<Host, "stderr">, jugfile: string): () => void {
  const { exit } = Deno;
  const printing = PRINTING.map((method) => ({ method, print: console[method] }));
  for (const { method } of printing) console[method] = (...data: unknown[]) => console.error(...data);
  const refuse = (code = 0): never => {
    const place = callerOf(refuse);
    const where = place === undefined ? "" : ` at ${place.file}:${place.line}`;
    host.stderr(`jug: ${jugfile} could not be loaded\n  Deno.exit(${code}) was called${where}\n`);
    return exit(EXIT.jugfile);
  };
  Deno.exit = refuse;
  return () => {
    Deno.exit = exit;
    for (const { method, print } of printing) console[method] = print;
  };
}
