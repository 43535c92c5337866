/**
 * A console that prints to a given function, with its own groups, counts and timers. Its output is the same as that of
 * Deno's console.
 *
 * @module
 */
import process from "node:process";
import { format } from "node:util";
import { userFrames } from "../results/error_report.ts";

/** Receives the output of a console. */
export type Print = (stream: "stdout" | "stderr", text: string) => void;

/** The methods of `console` that print, or that affect what others print. */
export const CONSOLE_METHODS = [
  "log",
  "info",
  "debug",
  "warn",
  "error",
  "trace",
  "assert",
  "table",
  "dir",
  "dirxml",
  "group",
  "groupCollapsed",
  "groupEnd",
  "count",
  "countReset",
  "time",
  "timeLog",
  "timeEnd",
  "clear",
] as const;

type Methods = Readonly<Record<typeof CONSOLE_METHODS[number], (...data: unknown[]) => void>>;

/** The indentation of each group. */
const INDENT = "  ";

/** The console of one attempt at a task, or of the jugfile's top level. */
export class CapturedConsole implements Methods {
  readonly #print: Print;
  readonly #counts = new Map<string, number>();
  /** The start of each timer, in milliseconds of `performance.now()`. */
  readonly #timers = new Map<string, number>();
  #groups = 0;

  constructor(print: Print) {
    this.#print = print;
  }

  log(...data: unknown[]): void {
    this.#write("stdout", format(...data));
  }

  info(...data: unknown[]): void {
    this.log(...data);
  }

  debug(...data: unknown[]): void {
    this.log(...data);
  }

  dirxml(...data: unknown[]): void {
    this.log(...data);
  }

  warn(...data: unknown[]): void {
    this.#write("stderr", format(...data));
  }

  error(...data: unknown[]): void {
    this.warn(...data);
  }

  trace(...data: unknown[]): void {
    const frames = userFrames(new Error().stack ?? "").map((frame) => `\n    ${frame}`);
    const text = data.length === 0 ? "Trace" : `Trace: ${format(...data)}`;
    this.#write("stderr", text + frames.join(""));
  }

  assert(condition?: unknown, ...data: unknown[]): void {
    if (condition) return;
    const [first, ...rest] = data;
    if (typeof first === "string") this.error(`Assertion failed: ${first}`, ...rest);
    else this.error(data.length === 0 ? "Assertion failed" : "Assertion failed:", ...data);
  }

  table(...data: unknown[]): void {
    this.#write("stdout", drawTable(data));
  }

  dir(value?: unknown, options?: unknown): void {
    this.#write("stdout", Deno.inspect(value, typeof options === "object" && options !== null ? options : {}));
  }

  group(...data: unknown[]): void {
    if (data.length > 0) this.log(...data);
    this.#groups++;
  }

  groupCollapsed(...data: unknown[]): void {
    this.group(...data);
  }

  groupEnd(): void {
    this.#groups = Math.max(0, this.#groups - 1);
  }

  count(given: unknown = "default"): void {
    const label = String(given);
    const count = (this.#counts.get(label) ?? 0) + 1;
    this.#counts.set(label, count);
    this.#write("stdout", `${label}: ${count}`);
  }

  countReset(given: unknown = "default"): void {
    const label = String(given);
    if (!this.#counts.delete(label)) this.warn("Count for '%s' does not exist", label);
  }

  time(given: unknown = "default"): void {
    const label = String(given);
    if (this.#timers.has(label)) this.warn("Timer '%s' already exists", label);
    else this.#timers.set(label, performance.now());
  }

  timeLog(given: unknown = "default", ...data: unknown[]): void {
    const label = String(given);
    const start = this.#timers.get(label);
    if (start === undefined) this.warn("Timer '%s' does not exist", label);
    else this.log("%s: %sms", label, Number((performance.now() - start).toFixed(3)), ...data);
  }

  timeEnd(given: unknown = "default"): void {
    this.timeLog(given);
    this.#timers.delete(String(given));
  }

  /** Ends all groups. Printed text stays, as it does in a file. */
  clear(): void {
    this.#groups = 0;
  }

  #write(stream: "stdout" | "stderr", text: string): void {
    const indent = INDENT.repeat(this.#groups);
    this.#print(stream, `${indent}${indent === "" ? text : text.replaceAll("\n", `\n${indent}`)}\n`);
  }
}

/**
 * Returns what `console.table(...data)` prints. Loads Node's modules on first use: this takes ten milliseconds, and few
 * tasks print tables.
 */
function drawTable(data: readonly unknown[]): string {
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
  Reflect.apply(drawing.table, drawing, data);
  return text.replace(/\n$/, "");
}
