/**
 * A running `jug webstatus`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ReportUpdate } from "../../web/data/report_data.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** A dashboard that is served by a process of its own. */
export interface DashboardProcess extends AsyncDisposable {
  /** The addresses that it printed. */
  readonly addresses: readonly string[];
  /** The address without path and query. */
  readonly origin: string;
  readonly token: string;
  readonly actionToken: string;
  /** Asks for a path with the token for reading. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Sends an action with both tokens. */
  act(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Yields the updates of a page. The connection is closed when the loop ends. */
  updates(): AsyncGenerator<ReportUpdate>;
  /** Sends a signal, and returns the exit status and what was written to stderr. */
  stop(signal?: Deno.Signal): Promise<{ readonly code: number; readonly stderr: string }>;
}

/** Starts `jug webstatus` of this checkout in a folder. */
export function startDashboard(
  folder: string,
  words: string,
  permissions: readonly string[] = ["-A"],
): Promise<DashboardProcess> {
  const command = [Deno.execPath(), "run", "--no-prompt", "--quiet", "--no-lock", ...permissions, CLI];
  return startDashboardBy({ command, folder, env: { ...Deno.env.toObject(), XDG_CONFIG_HOME: "/nonexistent" } }, words);
}

/** Starts `jug webstatus` in any way that jug can be started. */
export async function startDashboardBy(
  { command, folder, env }: {
    readonly command: readonly string[];
    readonly folder: string;
    /** The whole environment. */
    readonly env: Readonly<Record<string, string>>;
  },
  words: string,
): Promise<DashboardProcess> {
  const [program = "", ...args] = [...command, "webstatus", ...words.split(" ")];
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const wanted = words.includes("--allow-actions") ? 2 : 1;
  let text = "";
  while (text.split("\n").length <= wanted) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`jug webstatus ended:\n${await stderr}`);
    text += value;
  }
  const addresses = text.trim().split("\n");
  const [first = "", second] = addresses;
  const { origin, searchParams } = new URL(first);
  const token = searchParams.get("token") ?? "";
  const actionToken = second === undefined ? "" : new URL(second).searchParams.get("action") ?? "";
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  let isOver = false;
  const stop = async (signal: Deno.Signal = "SIGINT") => {
    child.kill(signal);
    const { code } = await child.status;
    isOver = true;
    await lines.cancel();
    return { code, stderr: await stderr };
  };
  return {
    addresses,
    origin,
    token,
    actionToken,
    get,
    act: (body, headers = {}) =>
      fetch(`${origin}/actions`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          authorization: `Bearer ${token}`,
          "x-jug-action": actionToken,
          "content-type": "application/json",
          ...headers,
        },
      }),
    async *updates() {
      const response = await get("/events");
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      let waiting = "";
      for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        const events = (waiting + part).split("\n\n");
        waiting = events.pop() ?? "";
        for (const event of events) {
          const data = /^event: update\ndata: (.*)$/.exec(event)?.[1];
          if (data !== undefined) yield JSON.parse(data);
        }
      }
    },
    stop,
    async [Symbol.asyncDispose]() {
      if (!isOver) await stop("SIGKILL");
    },
  };
}
