/**
 * Sends what tasks write to the terminal past the console where the console's output goes, so that nothing that is drawn
 * there is torn.
 *
 * @module
 */
import process from "node:process";
import { currentContext } from "../../core/session/session.ts";
import { Attempt } from "./attempt.ts";

type Print = (stream: "stdout" | "stderr", text: string) => void;

/** Replaces the writing methods of the streams that are a terminal. `tell`: shows what no task wrote. */
export function captureTerminal(tell: Print): void {
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

/** The stream of node:process is another one. Making it takes twenty milliseconds, so that is left until somebody asks. */
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
