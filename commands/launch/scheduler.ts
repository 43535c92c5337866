/**
 * Calls a scheduler: runs what an adapter writes, and checks what comes back.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Adapter, Call, Ending, Job, Output } from "./job.ts";
import { shellWords } from "./shell_word.ts";
import type { Submitted } from "./watch/watch_loop.ts";

/** Runs one program to its end. */
export type RunProgram = (call: Pick<Call<unknown>, "argv" | "stdin">) => Promise<Output>;

/** A scheduler. */
export class Scheduler {
  readonly #adapter: Adapter;
  readonly #run: RunProgram;
  readonly #debug: (line: string) => void;
  readonly #name: string;
  #array: number | undefined;
  /** Whether the scheduler has said that it would take the script. */
  #isChecked = false;

  constructor(
    { adapter, name, run, debug }: {
      readonly adapter: Adapter;
      readonly name: string;
      readonly run: RunProgram;
      readonly debug: (line: string) => void;
    },
  ) {
    this.#adapter = adapter;
    this.#name = name;
    this.#run = run;
    this.#debug = debug;
  }

  /**
   * Lists the jobs.
   *
   * @throws {JugError} of kind "backend" if the scheduler does not answer
   */
  async count(): Promise<readonly Job[]> {
    return (await Promise.all(this.#adapter.count().map((call) => this.#call(call)))).flat();
  }

  /**
   * Submits jobs, in as few submissions as the scheduler's limits allow.
   *
   * @param jobs Those that are there already
   * @throws {JugError} of kind "usage" if the scheduler would not take the script at all
   */
  async submit(count: number, jobs: readonly Job[]): Promise<Submitted> {
    const most = this.#array ??= await this.#limit();
    const taken: Job[] = [];
    for (let left = count; left > 0;) {
      const size = Math.min(left, most);
      const { check, calls } = this.#adapter.submit({ count: size, jobs: [...jobs, ...taken] });
      if (check !== undefined && !this.#isChecked) await this.#check(check);
      this.#isChecked = true;
      for (const call of calls) {
        try {
          const ids = await this.#call(call);
          taken.push(...ids.map((id): Job => ({ id, name: this.#name, state: "waiting" })));
        } catch (error) {
          if (!(error instanceof JugError) || error.kind !== "backend") throw error;
          return { taken, refusal: error.message };
        }
      }
      left -= size;
    }
    return { taken, refusal: undefined };
  }

  /** Ends jobs of these names. */
  async cancel(names: readonly string[], ending: Ending, jobs: readonly Job[]): Promise<void> {
    for (const call of this.#adapter.cancel(names, ending, jobs)) await this.#call(call);
  }

  async #check(call: Call<void>): Promise<void> {
    try {
      await this.#call(call);
    } catch (error) {
      if (!(error instanceof JugError) || error.kind !== "backend") throw error;
      throw new JugError("usage", error.message, {
        remedy: "Change what follows --, or other options; --print shows the script",
        cause: error,
      });
    }
  }

  async #limit(): Promise<number> {
    const limits = this.#adapter.limits();
    return (("array" in limits) ? limits : await this.#call(limits)).array;
  }

  async #call<Result>(call: Call<Result>): Promise<Result> {
    for (const [path, text] of Object.entries(call.files ?? {})) {
      // The address of the jugdir in it may contain a password.
      await Deno.writeTextFile(path, text, { mode: 0o700 });
    }
    this.#debug(`+ ${shellWords(call.argv)}`);
    const output = await this.#run(call);
    if (output.code !== 0 && !call.statuses?.includes(output.code)) throw failure(call.argv, output);
    return call.read(output);
  }
}

/** How much of what a program says is repeated. */
const SHOWN = 2000;

function failure([program = ""]: readonly string[], { code, stdout, stderr }: Output): JugError {
  const said = (stderr.trim() === "" ? stdout : stderr).trim().slice(0, SHOWN);
  return new JugError("backend", `${program} failed with status ${code}${said === "" ? "" : `: ${said}`}`);
}

/** A scheduler that does not answer for so long is not waited for, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Runs a program of the system. */
export const runProgram: RunProgram = async ({ argv, stdin = "" }) => {
  const [program = "", ...args] = argv;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new JugError("usage", `the program ${program} was not found`, {
      remedy: "Run jug launch where jobs can be submitted, such as the login node of a cluster",
      cause: error,
    });
  }
  // A program may end without reading its input.
  const written = write(child.stdin, stdin).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  });
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), written]);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
};

async function write(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
