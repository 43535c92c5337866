/**
 * Asks a server what it is, right after connecting.
 *
 * @module
 */
import { ReplyError } from "../errors.ts";
import type { Link } from "./link.ts";
import { listOf, textOf } from "../replies.ts";

/** What kind of server it is, as far as it reports that. */
export interface Greeting {
  readonly mode: "standalone" | "cluster" | "sentinel" | "unknown";
  /** Whether it accepts writes. */
  readonly role: "primary" | "replica" | "unknown";
}

const MODES: readonly Greeting["mode"][] = ["standalone", "cluster", "sentinel"];
const ROLES: Readonly<Record<string, Greeting["role"]>> = { master: "primary", replica: "replica", slave: "replica" };

/** How long a server may take for its first reply, in milliseconds. */
export const GREETING_MS = 5000;

/**
 * Asks a server what it is. The reply also shows whether it is a Redis server at all. A server replies even while it is
 * loading or running a long script.
 */
export async function greet(link: Link): Promise<Greeting> {
  const said = new Map<string, string>();
  try {
    // Pairs of a name and a value.
    const answer = listOf(await link.send(["HELLO"], { timeoutMs: GREETING_MS }));
    for (let index = 0; index < answer.length; index += 2) said.set(textOf(answer[index]), textOf(answer[index + 1]));
  } catch (error) {
    // The user may lack the right to ask, and have all the others.
    if (!(error instanceof ReplyError) || error.code !== "NOPERM") throw error;
  }
  const mode = said.get("mode");
  return { mode: MODES.find((known) => known === mode) ?? "unknown", role: ROLES[said.get("role") ?? ""] ?? "unknown" };
}
