/**
 * Redirects what is written to the terminal without `console` to where console output goes, so that it does not garble
 * what is drawn there.
 *
 * @module
 */
import process from "node:process";
import { currentContext } from "../../core/session/session.ts";
import { Attempt } from "./attempt.ts";
import type { Print } from "./captured_console.ts";

/**
 * Replaces the write methods of stdout and stderr, if they are a terminal.
 *
 * @param tell Shows output that comes from no task.
 */
export function redirectTerminal(tell: Print): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream = Deno[name];
    if (!stream.isTerminal()) continue;
    const decoder = new TextDecoder();
    const print = (data: string | Uint8Array): void => {
      const context = currentContext();
      const text = typeof data === "string" ? data : decoder.decode(data, { stream: true });
      if (context instanceof Attempt) context.print(name, text);
      else tell(name, text);
    };
    const writeSync = (bytes: Uint8Array): number => {
      print(bytes);
      return bytes.length;
    };
    Reflect.set(stream, "writeSync", writeSync);
    Reflect.set(stream, "write", (bytes: Uint8Array) => Promise.resolve(writeSync(bytes)));
    captureNode(name, print);
  }
}

/**
 * Replaces `write` of the stream in node:process, which is another object. Creating it takes twenty milliseconds, so
 * this happens on first access.
 */
function captureNode(name: "stdout" | "stderr", print: (data: string | Uint8Array) => void): void {
  const original = Object.getOwnPropertyDescriptor(process, name);
  if (original?.get === undefined || original.configurable !== true) return;
  let stream: object | undefined;
  const make = (): object | undefined => {
    const made: unknown = original.get?.call(process);
    if (typeof made !== "object" || made === null) return undefined;
    Reflect.set(made, "write", (data: string | Uint8Array, ...rest: unknown[]) => {
      print(data);
      const done = rest.at(-1);
      if (typeof done === "function") queueMicrotask(() => Reflect.apply(done, undefined, []));
      return true;
    });
    return made;
  };
  Object.defineProperty(process, name, { ...original, get: () => stream ??= make() });
}
