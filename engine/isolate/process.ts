/**
 * A worker in a process of its own.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import type { OpenCarrier } from "../carrier.ts";
import type { FromWorker } from "../messages.ts";
import { answer, memoryShares, newTaskBudget, settleAccount, UNLIMITED_TASKS } from "../shares.ts";
import { sharedLimits } from "../shared_limits.ts";
import type { ToProcess } from "./child.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { ISOLATED_WORKER, OUT_OF_MEMORY } from "./word.ts";

/** What a worker's process may do. */
export interface Isolation {
  /** The flags of `deno run` that give it its permissions, and say how modules are found. A compiled program has its own. */
  readonly flags: readonly string[];
  /** The most memory for its JavaScript objects, in megabytes; V8 decides where it is missing. */
  readonly memoryMb: number | undefined;
}

/** How long its output is read on after its end, in milliseconds: a program that it started may hold the stream open. */
const DRAIN_MS = 300;
/** What V8 prints first when it runs out of memory; more of that kind follows, which tells a user nothing. */
const LAST_WORDS = /\n*<--- Last few GCs --->|\n*#\n# Fatal/;

/** Workers in processes; what they write beside their messages goes to `output`. */
export function inProcesses(
  isolation: Isolation,
  output: (stream: "stdout" | "stderr", text: string) => void,
): OpenCarrier {
  return (_index, hear) => {
    const mark = crypto.randomUUID();
    const child = spawn(isolation, mark);
    const writer = child.stdin.getWriter();
    let isTerminated = false;
    let limits = sharedLimits({}, 0);
    let shares = memoryShares(limits, newTaskBudget(undefined));

    // One that died hears nothing, and that it died is told below.
    const send = (message: ToProcess) => void writer.write(encodeFrame(message, "")).catch(() => {});
    const frames = new FrameReader(mark, (message) => {
      if (!isFromWorker(message)) return;
      if (message.kind === "ask") send({ kind: "answer", value: answer(shares, message.question) });
      else if (!isTerminated) hear(message);
    }, (text) => output("stdout", text));
    const words = new LastWords((text) => output("stderr", text));
    const drained = Promise.all([
      eachChunk(child.stdout, (chunk) => frames.push(chunk)),
      eachChunk(child.stderr, (chunk) => words.push(chunk)),
    ]);
    child.status.then(async (status) => {
      await atMost(DRAIN_MS, drained);
      settleAccount(limits);
      if (!isTerminated) hear({ kind: "died", reason: reasonOf(status, words.isOutOfMemory, isolation) });
    });

    return {
      start(setup) {
        const { options } = setup;
        limits = options.limits ?? limits;
        shares = memoryShares(limits, options.taskBudget ?? newTaskBudget(undefined));
        const resources = Object.fromEntries(limits.resources.map((name, index) => [name, limits.totals[index] ?? 0]));
        send({
          kind: "link",
          link: { resources, epoch: limits.epoch, hasTaskLimit: shares.tasksLeft() < UNLIMITED_TASKS },
          threadMb: Deno.build.standalone ? isolation.memoryMb : undefined,
        });
        // Memory cannot be shared with it.
        const alone = { ...setup, options: { ...options, limits: undefined, taskBudget: undefined } };
        send({ kind: "tell", message: { kind: "start", setup: alone, store: undefined } });
      },
      send: (message) => send({ kind: "tell", message }),
      terminate() {
        isTerminated = true;
        try {
          child.kill("SIGKILL");
        } catch {
          // it has ended already
        }
      },
    };
  };
}

function spawn({ flags, memoryMb }: Isolation, mark: string): Deno.ChildProcess {
  const program = Deno.build.standalone
    ? []
    : ["run", "--no-prompt", "--quiet", ...flags, new URL("cli.ts", LIBRARY).href];
  return new Deno.Command(Deno.execPath(), {
    args: [...program, ISOLATED_WORKER, mark],
    // A compiled program does not read it.
    env: memoryMb === undefined || Deno.build.standalone ? {} : { DENO_V8_FLAGS: `--max-old-space-size=${memoryMb}` },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The mark is the proof: nobody else knows it. */
function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === "object" && message !== null && "kind" in message;
}

async function eachChunk(stream: ReadableStream<Uint8Array>, use: (chunk: Uint8Array) => void): Promise<void> {
  for await (const chunk of stream) use(chunk);
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Passes on what a process writes to stderr, but for the account that V8 gives of itself when it runs out of memory. */
class LastWords {
  isOutOfMemory = false;
  readonly #pass: (text: string) => void;
  readonly #decoder = new TextDecoder();

  constructor(pass: (text: string) => void) {
    this.#pass = pass;
  }

  push(chunk: Uint8Array): void {
    if (this.isOutOfMemory) return;
    const text = this.#decoder.decode(chunk, { stream: true });
    const begin = text.search(LAST_WORDS);
    this.isOutOfMemory = begin >= 0;
    const passed = begin < 0 ? text : text.slice(0, begin);
    if (passed !== "") this.#pass(passed);
  }
}

function reasonOf({ code, signal }: Deno.CommandStatus, isOutOfMemory: boolean, { memoryMb }: Isolation): string {
  if (isOutOfMemory || code === OUT_OF_MEMORY) {
    return `ran out of memory (${
      memoryMb === undefined ? "--memory-limit MB says how much it gets" : `--memory-limit ${memoryMb}`
    })`;
  }
  // The system kills whom it takes the memory from.
  if (signal !== null) {
    return `was ended by ${signal}${signal === "SIGKILL" ? ", as one is that takes too much memory" : ""}`;
  }
  return `ended with status ${code}`;
}
