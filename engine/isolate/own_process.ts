/**
 * Processes that run this program itself, as something else than a command line, and what is left to hear when one has ended.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import { OUT_OF_MEMORY } from "../threads/limited_thread.ts";

/** How long its output is read on after its end, in milliseconds: a program that it started may hold the stream open. */
const DRAIN_MS = 300;
/** What V8 prints first when it runs out of memory; more of that kind follows, which tells a user nothing. */
const LAST_WORDS = /\n*<--- Last few GCs --->|\n*#\n# Fatal/;

/** Starts one; a compiled program takes no `flags`. */
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

/** Resolves once all that an ended process wrote was read, or nearly so. */
export async function atLast(drained: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, DRAIN_MS));
  await Promise.race([drained, late]);
  clearTimeout(timer);
}

/** Passes on what a process writes to stderr, but for the account that V8 gives of itself when it runs out of memory. */
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

/** Why a process ended, behind its name. `limit`: what is said of its memory where it took too much. */
export function endReason({ code, signal }: Deno.CommandStatus, isOutOfMemory: boolean, limit = ""): string {
  if (isOutOfMemory || code === OUT_OF_MEMORY) return `ran out of memory${limit}`;
  // The system kills whom it takes the memory from.
  if (signal !== null) {
    return `was ended by ${signal}${signal === "SIGKILL" ? ", as one is that takes too much memory" : ""}`;
  }
  return `ended with status ${code}`;
}
