/**
 * The Redis backend: results and locks on a server that all machines reach. Each step is one script, so it is atomic.
 * Locks expire by the server's clock, so the clocks of two hosts are never compared.
 *
 * @module
 */
import type { Backend } from "./backend.ts";
import { parseRedisAddress } from "./redis/address.ts";
import { openChanges } from "./redis/changes.ts";
import { createCodes } from "./redis/code_table.ts";
import { connect } from "./redis/connection.ts";
import { listDurations } from "./redis/durations.ts";
import { createFailures } from "./redis/failures.ts";
import { checkFormat } from "./redis/format.ts";
import { keysOf } from "./redis/keys.ts";
import { createLocks } from "./redis/locks.ts";
import { listProcesses } from "./redis/processes.ts";
import { createResults } from "./redis/results.ts";
import { listRuns } from "./redis/runs.ts";

/** Options of {@linkcode redisBackend}. */
export interface RedisBackendOptions {
  /** `redis://…`, `rediss://…`, `redis+sentinel://…`, `rediss+sentinel://…` or `unix:/…`. */
  readonly address: string;
  /** Writes the format immediately, so that problems show early. @default false */
  readonly create?: boolean;
  /** Refuses a prefix that has no keys. @default false */
  readonly existing?: boolean;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** Returns a text that is unique. @default crypto.randomUUID */
  readonly unique?: () => string;
}

/**
 * With tiny tasks, a worker claims this many in one round trip and stores them in another: one round trip per 64 tasks.
 */
const BATCH = 128;

/**
 * Connects to the server.
 *
 * @throws {JugError} of kind "usage", if the address is invalid; of kind "backend", if no server, another kind of
 * server or a jugdir of another version is found there
 */
export async function redisBackend(options: RedisBackendOptions): Promise<Backend> {
  const { clock = () => performance.now(), unique = () => crypto.randomUUID() } = options;
  const address = parseRedisAddress(options.address);
  const connection = await connect(address, clock);
  try {
    const place = { address, connection, keys: keysOf(address.prefix), unique };
    const [changes] = await Promise.all([openChanges(place), checkFormat(place, options)]);
    const results = createResults(place);
    const locks = createLocks(place);
    const failures = createFailures(place);
    return {
      address: address.shown,
      batchSize: BATCH,
      join: locks.join,
      has: results.has,
      list: results.list,
      load: results.load,
      loadHeads: results.loadHeads,
      async complete(items) {
        const outcomes = await results.complete(items);
        locks.ended(items.map(({ lock }) => lock));
        return outcomes;
      },
      remove: results.remove,
      discard: results.discard,
      claim: locks.claim,
      release: (held) => locks.release(held),
      listLocks: locks.list,
      removeLocks: locks.removeAll,
      async fail(items) {
        await failures.fail(items);
        locks.ended(items.map(({ lock }) => lock));
      },
      listFailures: failures.list,
      loadFailures: failures.load,
      removeFailures: failures.remove,
      waitForChange: changes.wait,
      listRuns: () => listRuns(place),
      listProcesses: () => listProcesses(place),
      listDurations: () => listDurations(place),
      codes: createCodes(place),
      tidy: locks.tidy,
      close() {
        changes.close();
        connection.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}
