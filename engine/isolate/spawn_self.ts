/**
 * Starts this program as an internal process of jug instead of a command line, and reads what such a process leaves
 * when it ends.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import { OUT_OF_MEMORY } from "../threads/limited_thread.ts";

/**
 * How long the output of an ended process is still read, in milliseconds: a program that it started may hold the stream
 * open.
 */
const DRAIN_MS = 300;
/** The first lines that V8 prints when it runs out of memory. The lines that follow do not help a user. */
const LAST_WORDS = /\n*<--- Last few GCs --->|\n*#\n# Fatal/;

/** Starts such a process. A compiled program takes no `flags`. */
export function spawnOwn(
  flags: readonly string[],
  words: readonly string[],
  options: Deno.CommandOptions,
): Deno.ChildProcess {
  const program = Deno.build.standalone
    ? []
    : ["run", "--no-prompt", "--quiet", ...flags, new URL("cli.ts", LIBRARY).href];
  return new Deno.Command(Deno.execPath(), { ...options, args: [...program, ...words] }).spawn();
}

/** Reads a stream of such a process to its end. */
export async function eachChunk(
  stream: ReadableStream<Uint8Array>,
  use: (chunk: Uint8Array) => void,
): Promise<void> {
  for await (const chunk of stream) use(chunk);
}

/** Resolves once the output of an ended process was read, or {@linkcode DRAIN_MS} later. */
export async function atLast(drained: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, DRAIN_MS));
  await Promise.race([drained, late]);
  clearTimeout(timer);
}

/** Forwards what a process writes to stderr, except V8's report when it runs out of memory. */
export class LastWords {
  isOutOfMemory = false;
  readonly #pass: (text: string) => void;

  constructor(pass: (text: string) => void) {
    this.#pass = pass;
  }

  push(text: string): void {
    if (this.isOutOfMemory) return;
    const begin = text.search(LAST_WORDS);
    this.isOutOfMemory = begin >= 0;
    const passed = begin < 0 ? text : text.slice(0, begin);
    if (passed !== "") this.#pass(passed);
  }
}

/** Returns why a process ended, as a text that follows its name. `limit`: appended if it ran out of memory. */
export function endReason({ code, signal }: Deno.CommandStatus, isOutOfMemory: boolean, limit = ""): string {
  if (isOutOfMemory || code === OUT_OF_MEMORY) return `ran out of memory${limit}`;
  // When memory runs out, the system kills a process.
  if (signal !== null) {
    return `was ended by ${signal}${signal === "SIGKILL" ? ", possibly because it used too much memory" : ""}`;
  }
  return `ended with status ${code}`;
}
