/**
 * Asks a server that refuses every fifth request, at a limited rate and with retries. The jugfile starts the server
 * itself, so the example needs no network.
 *
 *     jug execute limits.ts --concurrency 8
 *     jug value limits.ts total
 *
 * @module
 */
import { isJugRunning, taskContext, TaskGenerator } from "jug";

/** Starts the server in each worker that loads the jugfile, and returns its address. */
function startServer(): string {
  let requests = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    requests++;
    if (requests % 5 === 0) return new Response("slow down", { status: 429 });
    return Response.json({ price: 3 * Number(new URL(request.url).pathname.slice(1)) });
  });
  server.unref(); // so that the server does not keep the process alive
  return `http://127.0.0.1:${server.addr.port}`;
}

const base = isJugRunning() ? startServer() : "";

const price = TaskGenerator(async function price(item: number): Promise<number> {
  const response = await fetch(`${base}/${item}`, { signal: taskContext().signal });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { price } = await response.json();
  return price;
}, { rate: 50, concurrency: 4, timeout: 10_000, retries: 4, backoff: 50 });

const sum = TaskGenerator(function sum(prices: number[]): number {
  return prices.reduce((a, b) => a + b, 0);
});

/** The price of all items. */
export const total = sum(Array.from({ length: 40 }, (_, item) => price(item)));
