/**
 * A process that executes commands of its parent on a backend. It reads one JSON line per command from stdin and prints
 * one line per answer. It renews its lease by itself. When stdin ends, it exits without leaving.
 *
 * @module
 */
import type { Lock, Owner } from "../../../backends/backend.ts";
import { openBackend } from "../../../backends/open.ts";
import type { Hash } from "../../../core/brand.ts";

/** A command from the parent. */
export type OwnerCommand =
  | { readonly do: "join"; readonly owner: Owner; readonly renewMs: number }
  | { readonly do: "claim"; readonly hashes: readonly Hash[] }
  | { readonly do: "complete"; readonly lock: Lock; readonly words: string }
  | { readonly do: "release"; readonly lock: Lock }
  | { readonly do: "fail"; readonly lock: Lock; readonly words: string }
  | { readonly do: "locks" }
  | { readonly do: "leave" };

if (import.meta.main) await main(Deno.args[0] ?? "");

async function main(root: string): Promise<void> {
  const backend = await openBackend(root);
  let owner: Owner | undefined;
  let member: { renew(): Promise<void>; leave(): Promise<void> } | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  async function obey(command: OwnerCommand): Promise<unknown> {
    const bytes = new TextEncoder().encode("words" in command ? command.words : "");
    switch (command.do) {
      case "join":
        owner = command.owner;
        member = await backend.join(owner);
        timer = setInterval(() => void member?.renew(), command.renewMs);
        return null;
      case "claim":
        return owner === undefined ? null : await backend.claim(command.hashes, { owner, thread: 0 });
      case "complete":
        return await backend.complete([{ hash: command.lock.hash, bytes, lock: command.lock }]);
      case "release":
        return await backend.release([command.lock]) ?? null;
      case "fail":
        return await backend.fail([{ lock: command.lock, bytes }]) ?? null;
      case "locks":
        return (await Array.fromAsync(backend.listLocks())).flat();
      case "leave":
        clearInterval(timer);
        return await member?.leave() ?? null;
    }
  }

  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      try {
        console.log(JSON.stringify(await obey(JSON.parse(line))));
      } catch (error) {
        console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
      }
    }
  }
  Deno.exit(0);
}
