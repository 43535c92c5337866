/**
 * Runs jug in a separate process and records the permissions that it asks for.
 *
 * @module
 */
import { LIBRARY } from "../../core/caller.ts";
import { openBroker } from "../deno_flags/broker.ts";
import type { Need } from "../deno_flags/need.ts";
import { ownFlags } from "../deno_flags/own_flags.ts";

/** The result of an observed run. */
export interface Observation {
  /** The permissions that the process asked for. */
  readonly needs: readonly Need[];
  /** The exit status of the process. */
  readonly code: number;
}

/** Runs `jug ...args` until it ends, and passes its output to `write`. */
export async function observe(args: readonly string[], write: (text: string) => void): Promise<Observation> {
  const folder = await Deno.makeTempDir({ prefix: "jug_permissions_" });
  const broker = await openBroker(folder);
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", ...ownFlags(), new URL("cli.ts", LIBRARY).href, ...args],
      env: broker.env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [{ code }] = await Promise.all([child.status, pass(child.stdout, write), pass(child.stderr, write)]);
    return { needs: broker.needs, code };
  } finally {
    broker.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function pass(stream: ReadableStream<Uint8Array>, write: (text: string) => void): Promise<void> {
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const text = chunk.replace(/^.*Permission broker is an experimental feature.*\n/m, "");
    if (text !== "") write(text);
  }
}
