/**
 * Sends what a task prints where it belongs: into its log, and to the coordinator for the terminal. What the jugfile prints
 * at top level is shown from one worker only.
 *
 * @module
 */
import process from "node:process";
import { format } from "node:util";
import { currentContext, currentTask } from "../core/session.ts";
import { RunningTask } from "./running_task.ts";

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

/** Replaces the methods of `console`. `showsTopLevel`: whether what no task prints is shown. */
export function captureConsole(showsTopLevel: boolean): void {
  for (const name of [...Object.keys(PRINTING), ...DRAWING]) {
    const original: unknown = Reflect.get(console, name);
    if (typeof original !== "function") continue;
    Reflect.set(console, name, (...data: unknown[]) => {
      const context = currentContext();
      if (context instanceof RunningTask) {
        if (isPrinting(name)) context.print(PRINTING[name], format(...data) + "\n");
        else context.print("stdout", draw(name, data));
      } else if (showsTopLevel || currentTask() !== undefined) {
        Reflect.apply(original, console, data);
      }
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
