/**
 * The commands of a lock and a result, sent by the client that jug uses.
 *
 * @module
 */
import { createClient } from "npm:@redis/client@5";
import { emptyRedis, type Round } from "../round.ts";

const TOKEN = "0f8fad5b-d9cb-469f-a165-70867728950e.0.12345";
/** How many tasks are pipelined. */
const BATCH = 64;

/**
 * Claims and completes so many tasks: for each the lock is set if there is none, the result is set if there is none, and
 * the lock is removed, all in hashes as jug has them. The commands of a batch are pipelined. Returns the seconds.
 */
export async function redisCommands(round: Round, tasks: number): Promise<number> {
  const server = await emptyRedis(round);
  const record = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(180)));
  const hashes = Array.from({ length: tasks }, () => crypto.randomUUID());
  const client = createClient({ url: server.address, disableClientInfo: true });
  await client.connect();
  try {
    const start = performance.now();
    for (let first = 0; first < tasks; first += BATCH) {
      const batch = hashes.slice(first, first + BATCH);
      await Promise.all(batch.map((hash) => client.hSetNX("locks", hash, TOKEN)));
      await Promise.all(batch.flatMap((hash) => [
        client.hSetNX("results", hash, record),
        client.hDel("locks", hash),
      ]));
    }
    return (performance.now() - start) / 1000;
  } finally {
    client.destroy();
  }
}
