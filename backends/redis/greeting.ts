/**
 * What a server says of itself when it is met.
 *
 * @module
 */
import { ReplyError } from "./errors.ts";
import type { Link } from "./link.ts";
import { listOf, textOf } from "./replies.ts";

/** What kind of server it is, as far as it says so. */
export interface Greeting {
  readonly mode: "standalone" | "cluster" | "sentinel" | "unknown";
  /** Whether it takes writes. */
  readonly role: "primary" | "replica" | "unknown";
}

const MODES: readonly Greeting["mode"][] = ["standalone", "cluster", "sentinel"];
const ROLES: Readonly<Record<string, Greeting["role"]>> = { master: "primary", replica: "replica", slave: "replica" };

/** So long a server may take for a first answer, in milliseconds. */
export const GREETING_MS = 5000;

/**
 * Asks a server what it is. That is also the first that shows whether it is a Redis server at all. It answers while it
 * loads, or runs a script that takes long.
 */
export async function greet(link: Link): Promise<Greeting> {
  const said = new Map<string, string>();
  try {
    // Pairs of a name and a value.
    const answer = listOf(await link.send(["HELLO"], { timeoutMs: GREETING_MS }));
    for (let index = 0; index < answer.length; index += 2) said.set(textOf(answer[index]), textOf(answer[index + 1]));
  } catch (error) {
    // The user may not ask, and may do all the rest.
    if (!(error instanceof ReplyError) || error.code !== "NOPERM") throw error;
  }
  const mode = said.get("mode");
  return { mode: MODES.find((known) => known === mode) ?? "unknown", role: ROLES[said.get("role") ?? ""] ?? "unknown" };
}
