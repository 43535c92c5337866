/**
 * Starts a small, slow server, runs fetch.ts against it, and prints the outcome:
 *
 *     deno run -A run.ts [JUGDIR]
 *
 * @module
 */
import { openSession } from "jug";
import type * as jugfile from "./fetch.ts";

/** The response time of the server, in milliseconds. */
const ANSWER_MS = 50;
/** The number of tasks that wait for a response at once. */
const CONCURRENCY = 50;

let requests = 0;
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  requests++;
  const id = Number(/^\/pages\/(\d+)$/.exec(new URL(request.url).pathname)?.[1] ?? NaN);
  if (!Number.isInteger(id)) return new Response("no such page", { status: 404 });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  return Response.json({ id, words: 100 + id });
});

try {
  await using session = await openSession<typeof jugfile>({
    jugfile: new URL("fetch.ts", import.meta.url).href,
    ...(Deno.args[0] === undefined ? {} : { jugdir: Deno.args[0] }),
    args: [String(server.addr.port)],
  });
  const { executed, isComplete } = await session.execute({ concurrency: CONCURRENCY });
  if (!isComplete) throw new Error("some pages could not be fetched");
  console.log(`${executed} tasks run, ${requests} requests served, ${await session.value("words")} words`);
} finally {
  await server.shutdown();
}
