/**
 * Sends what a task prints where it belongs: into its log, and to the coordinator for the terminal. What the jugfile prints
 * at top level is shown from one worker only.
 *
 * @module
 */
import process from "node:process";
import { format } from "node:util";
import { currentContext, currentTask } from "../core/session.ts";
import { Attempt } from "./attempt.ts";

/** Methods that print their arguments, and where to. */
const PRINTING = {
  log: "stdout",
  info: "stdout",
  debug: "stdout",
  warn: "stderr",
  error: "stderr",
  trace: "stderr",
} as const;

/** Methods that print something else made of their arguments, which `node:console` writes as it would to any stream. */
const DRAWING = [
  "table",
  "dir",
  "dirxml",
  "group",
  "groupCollapsed",
  "groupEnd",
  "count",
  "timeEnd",
  "timeLog",
] as const;

function isPrinting(name: string): name is keyof typeof PRINTING {
  return name in PRINTING;
}

/** What becomes of that which no task prints. */
export interface TopLevelOutput {
  /** Whether it is shown. */
  readonly showsTopLevel: boolean;
  /** Shows it, where somebody draws on the terminal and must know. Where it is missing, it is written as ever. */
  readonly tell: ((stream: "stdout" | "stderr", text: string) => void) | undefined;
}

/** Replaces the methods of `console`. */
export function captureConsole({ showsTopLevel, tell }: TopLevelOutput): void {
  for (const name of [...Object.keys(PRINTING), ...DRAWING]) {
    const original: unknown = Reflect.get(console, name);
    if (typeof original !== "function") continue;
    Reflect.set(console, name, (...data: unknown[]) => {
      const context = currentContext();
      if (!(context instanceof Attempt) && !showsTopLevel && currentTask() === undefined) return;
      const print = context instanceof Attempt ? context.print.bind(context) : tell;
      if (print === undefined) Reflect.apply(original, console, data);
      else if (isPrinting(name)) print(PRINTING[name], format(...data) + "\n");
      else print("stdout", draw(name, data));
    });
  }
}

/** What `console[name](...data)` writes. Loaded when it is first used: it takes ten milliseconds, and few tasks draw. */
function draw(name: string, data: readonly unknown[]): string {
  const { Console } = process.getBuiltinModule("node:console");
  const { Writable } = process.getBuiltinModule("node:stream");
  let text = "";
  const stream = new Writable({
    write(chunk: unknown, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const drawing = new Console({ stdout: stream, stderr: stream });
  const method: unknown = Reflect.get(drawing, name);
  if (typeof method === "function") Reflect.apply(method, drawing, data);
  return text;
}
