/**
 * Starts processes that work on a jugdir, for tests that need real ones.
 *
 * @module
 */
import type { OwnerCommand } from "./file_owner.ts";

/** A process that executes commands. */
export interface OwnerProcess {
  tell(command: OwnerCommand): Promise<unknown>;
  signal(signal: Deno.Signal): void;
  /** Kills it and waits for its end. */
  kill(): Promise<void>;
}

/** Yields the lines that a process writes. */
export function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  async function* lines() {
    let rest = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    if (rest !== "") yield rest;
  }
  return lines();
}

/** Returns the path of a script in this folder. */
export function supportScript(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** Starts a process that executes commands on the jugdir in `root`. */
export function startOwner(root: string, permissions: readonly string[] = ["-A"]): OwnerProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...permissions, supportScript("file_owner.ts"), root],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = linesOf(child.stdout);
  const writer = child.stdin.getWriter();
  return {
    async tell(command) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
      const { value, done } = await lines.next();
      if (done === true) throw new Error("the process ended before it answered");
      return JSON.parse(value);
    },
    signal: (signal) => child.kill(signal),
    async kill() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      await child.status;
      await writer.abort().catch(() => {});
      await lines.return(undefined);
    },
  };
}

/** Calls `probe` until it returns a value other than `undefined`, for up to a minute. Rejects after that. */
export async function until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited a minute for ${what}`);
}
