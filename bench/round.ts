/**
 * One round of measurements: its folder, its processes, its Redis server. All of them are gone when it ends.
 *
 * @module
 */
import { hasRedis, type RedisServer, startRedis } from "../tests/support/redis/redis_server.ts";
import { type Ran, type RunOptions, startProcess } from "./processes.ts";
import type { Setting } from "./setting.ts";
import { Unavailable } from "./unavailable.ts";

/** One round. */
export interface Round extends AsyncDisposable {
  readonly setting: Setting;
  /** The round's folder, which exists. */
  readonly folder: string;
  /** Makes an empty folder. */
  newFolder(): string;
  /** Makes an empty folder on a disk. Throws {@linkcode Unavailable} if none is known. */
  newDiskFolder(): string;
  /** Runs a program to its end. If the round ends first, the program is killed. */
  run(command: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Disposes of something when the round ends. What was kept last comes first. */
  keep(resource: AsyncDisposable): void;
}

/** Begins a round. */
export function beginRound(setting: Setting): Round {
  const stack = new AsyncDisposableStack();
  const newFolderIn = (dir: string) => {
    const path = Deno.makeTempDirSync({ dir, prefix: "jug-bench-" });
    stack.defer(() => Deno.remove(path, { recursive: true }));
    return path;
  };
  const folder = newFolderIn(setting.base);
  let folders = 0;
  return {
    setting,
    folder,
    newFolder() {
      const path = `${folder}/${folders++}`;
      Deno.mkdirSync(path);
      return path;
    },
    newDiskFolder() {
      if (setting.disk === undefined) throw new Unavailable("needs --disk");
      return newFolderIn(setting.disk);
    },
    async run(command, options = {}) {
      setting.signal.throwIfAborted();
      // Other working folders have configuration files, which Deno would look for.
      const process = startProcess(command, { cwd: folder, ...options });
      const kill = () => process.kill();
      setting.signal.addEventListener("abort", kill);
      stack.use(process);
      try {
        return await process.ran;
      } finally {
        setting.signal.removeEventListener("abort", kill);
      }
    },
    keep: (resource) => void stack.use(resource),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Returns a function that measures once a round, and returns the same outcome to all who ask in that round. */
export function oncePerRound<Value>(measure: (round: Round) => Promise<Value>): (round: Round) => Promise<Value> {
  const outcomes = new WeakMap<Round, Promise<Value>>();
  return (round) => {
    const known = outcomes.get(round);
    if (known !== undefined) return known;
    const outcome = measure(round);
    outcomes.set(round, outcome);
    return outcome;
  };
}

/** Returns the round's Redis server, without data of earlier runs. Only one row may use it at a time. */
export async function emptyRedis(round: Round): Promise<RedisServer> {
  const server = await redisOf(round);
  await server.command("FLUSHALL");
  return server;
}

const redisOf = oncePerRound(async (round) => {
  if (!hasRedis) throw new Unavailable("there is no redis-server here");
  const server = await startRedis();
  round.keep(server);
  return server;
});
