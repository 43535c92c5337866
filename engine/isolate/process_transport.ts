/**
 * Runs workers in processes of their own.
 *
 * @module
 */
import type { OpenTransport } from "../messages/transport.ts";
import type { FromWorker } from "../messages/messages.ts";
import { answer, memoryCounters, newTaskBudget, settleAccount, UNLIMITED_TASKS } from "../limits/shared_counters.ts";
import { resourcePool } from "../limits/resource_pool.ts";
import type { ToProcess } from "./worker_process.ts";
import { encodeFrame, FrameReader } from "../messages/frames.ts";
import { atLast, eachChunk, endReason, LastWords, spawnOwn } from "./spawn_self.ts";
import { ISOLATED_WORKER } from "./internal_commands.ts";

/** The permissions and pool of a worker's process. */
export interface Isolation {
  /**
   * The flags of `deno run` that grant its permissions and determine how modules are resolved. A compiled program has
   * its own.
   */
  readonly flags: readonly string[];
  /** The memory limit for its JavaScript objects, in megabytes. Default: V8 decides. */
  readonly memoryMb: number | undefined;
}

/** How long a process may take to send its telemetry at its end, in milliseconds: as long as Deno tries by default. */
const SENDING_MS = 10_000;

/** Opens workers in processes. `output` gets everything that they write except their messages. */
export function inProcesses(
  isolation: Isolation,
  output: (stream: "stdout" | "stderr", text: string) => void,
): OpenTransport {
  return (_index, hear) => {
    const mark = crypto.randomUUID();
    const limit = ` (${
      isolation.memoryMb === undefined ? "--memory-limit MB sets the limit" : `--memory-limit ${isolation.memoryMb}`
    })`;
    const child = spawn(isolation, mark);
    const writer = child.stdin.getWriter();
    let isTerminated = false;
    let hasTelemetry = false;
    let pool = resourcePool({}, 0);
    let counters = memoryCounters(pool, newTaskBudget(undefined));

    // A write to a dead process fails; its death is reported below.
    const send = (message: ToProcess) => void writer.write(encodeFrame(message, "")).catch(() => {});
    const frames = new FrameReader(mark, (message) => {
      if (!isFromWorker(message)) return;
      if (message.kind === "ask") send({ kind: "answer", value: answer(counters, message.question) });
      else if (!isTerminated) hear(message);
    }, (text) => output("stdout", text));
    const decoder = new TextDecoder();
    const words = new LastWords((text) => output("stderr", text));
    const drained = Promise.all([
      eachChunk(child.stdout, (chunk) => frames.push(chunk)),
      eachChunk(child.stderr, (chunk) => words.push(decoder.decode(chunk, { stream: true }))),
    ]);
    child.status.then(async (status) => {
      await atLast(drained);
      settleAccount(pool);
      if (!isTerminated) hear({ kind: "died", reason: endReason(status, words.isOutOfMemory, limit) });
    });

    const terminate = () => {
      isTerminated = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // it has ended already
      }
    };

    return {
      start(setup) {
        const { options } = setup;
        hasTelemetry = setup.telemetry !== undefined;
        pool = options.pool ?? pool;
        counters = memoryCounters(pool, options.taskBudget ?? newTaskBudget(undefined));
        const resources = Object.fromEntries(pool.resources.map((name, index) => [name, pool.totals[index] ?? 0]));
        send({
          kind: "link",
          link: { resources, epoch: pool.epoch, hasTaskLimit: counters.tasksLeft() < UNLIMITED_TASKS },
          threadMb: Deno.build.standalone ? isolation.memoryMb : undefined,
        });
        // Processes cannot share this memory.
        const alone = { ...setup, options: { ...options, pool: undefined, taskBudget: undefined } };
        send({ kind: "tell", message: { kind: "start", setup: alone, store: undefined } });
      },
      send: (message) => send({ kind: "tell", message }),
      terminate,
      async close() {
        if (!hasTelemetry || isTerminated) return terminate();
        isTerminated = true;
        // The process ends by itself when its stdin ends, and Deno then sends what it has.
        const timer = setTimeout(terminate, SENDING_MS);
        writer.close().catch(() => {});
        await child.status;
        clearTimeout(timer);
      },
    };
  };
}

function spawn({ flags, memoryMb }: Isolation, mark: string): Deno.ChildProcess {
  return spawnOwn(flags, [ISOLATED_WORKER, mark], {
    // A compiled program does not read this variable.
    env: memoryMb === undefined || Deno.build.standalone ? {} : { DENO_V8_FLAGS: `--max-old-space-size=${memoryMb}` },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Nothing else knows the mark that begins each message, so this check is enough. */
function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === "object" && message !== null && "kind" in message;
}
