/**
 * Locks, and the owners they belong to. A lock holds as long as its owner's key lives, which expires by the server's clock:
 * to renew that one key is to renew all locks of a process.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Claimant, ClaimOutcome, Lock, LockEntry, Membership, Owner } from "../backend.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { countOf, hashesIn, inBatches, listOf, textOf } from "./replies.ts";
import { CLAIM } from "./scripts/claim.lua.ts";
import { LIST_LOCKS } from "./scripts/list_locks.lua.ts";
import { RELEASE } from "./scripts/release.lua.ts";
import { REMOVE_LOCKS } from "./scripts/remove_locks.lua.ts";
import { RENEW } from "./scripts/renew.lua.ts";

/** The locks of one jugdir. */
export interface Locks {
  join(owner: Owner): Promise<Membership>;
  claim(hashes: readonly Hash[], claimant: Claimant): Promise<ClaimOutcome[]>;
  release(locks: readonly Lock[]): Promise<void>;
  list(): AsyncGenerator<readonly LockEntry[]>;
  removeAll(hashes: readonly Hash[]): Promise<number>;
}

/** How long leaving tries to reach the server, in milliseconds: what it cannot give up lapses with the lease. */
const LEAVE_MS = 1000;

/** A lease as the server takes it: whole milliseconds, and no lease is none. */
function leaseText({ leaseMs }: Owner): string {
  return String(Math.ceil(leaseMs));
}

function ownerOf(token: string): string {
  return token.split(".", 1)[0] ?? "";
}

function outcomeOf(answer: unknown, lock: Lock): ClaimOutcome {
  const text = textOf(answer);
  switch (text) {
    case "finished":
      return { kind: "finished" };
    case "claimed":
    case "stolen":
      return { kind: "claimed", lock, stolen: text === "stolen" };
    default:
      return { kind: "held", owner: text.slice("held ".length) };
  }
}

/** The locks at this place. */
export function createLocks({ connection, keys, unique }: Place): Locks {
  // Several connections may claim for one thread, so the count begins with what only this one has.
  const ours = unique().slice(0, 8);
  let count = 0;

  async function release(locks: readonly Lock[], patienceMs?: number): Promise<void> {
    for (const batch of inBatches(locks, SCRIPT_ITEMS)) {
      const args = batch.flatMap(({ hash, token }) => [hash, token]);
      const options = patienceMs === undefined ? {} : { patienceMs };
      await connection.call(RELEASE, [keys.locks, keys.changes], args, options);
    }
  }

  async function leave(owner: Owner): Promise<void> {
    const patience = { patienceMs: LEAVE_MS };
    let cursor = "0";
    do {
      const scan = ["HSCAN", keys.locks, cursor, "COUNT", String(SCRIPT_ITEMS)];
      const [next, pairs] = listOf(await connection.send(scan, patience));
      const texts = listOf(pairs).map(textOf);
      const owned: Lock[] = [];
      for (let index = 0; index < texts.length; index += 2) {
        const [hash] = hashesIn(texts.slice(index, index + 1));
        const token = texts[index + 1];
        if (hash !== undefined && token !== undefined && ownerOf(token) === owner.id) owned.push({ hash, token });
      }
      await release(owned, LEAVE_MS);
      cursor = textOf(next);
    } while (cursor !== "0" && cursor !== "");
    await connection.send(["DEL", keys.owners + owner.id], patience);
  }

  async function join(owner: Owner): Promise<Membership> {
    const renew = async () => {
      await connection.call(RENEW, [keys.owners + owner.id], [leaseText(owner)]);
    };
    await renew();
    let renewing: Promise<void> | undefined;
    let left = false;
    return {
      renew() {
        if (left) return Promise.resolve();
        // While the server is away, one attempt is enough.
        renewing ??= renew().finally(() => renewing = undefined);
        return renewing;
      },
      async leave() {
        if (left) return;
        left = true;
        // A server that is away lets the locks lapse by itself, and whoever ends must not wait for it.
        await leave(owner).catch(() => {});
      },
    };
  }

  return {
    join,
    async claim(hashes, { owner, thread }) {
      const outcomes: ClaimOutcome[] = [];
      try {
        for (const batch of inBatches(hashes, SCRIPT_ITEMS)) {
          // The tokens are made here, so that a claim whose answer was lost is known as ours when it is sent again.
          const locks = batch.map((hash) => ({ hash, token: `${owner.id}.${thread}.${ours}-${count++}` }));
          const args = [keys.owners, owner.id, leaseText(owner)];
          for (const { hash, token } of locks) args.push(hash, token);
          const touched = [keys.results, keys.locks, keys.owners + owner.id];
          const answer = listOf(await connection.call(CLAIM, touched, args));
          outcomes.push(...locks.map((lock, index) => outcomeOf(answer[index], lock)));
        }
      } catch (error) {
        // The caller will not hear of those that were claimed before.
        const claimed = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock] : []);
        await release(claimed, LEAVE_MS).catch(() => {});
        throw error;
      }
      return outcomes;
    },
    release,
    async *list() {
      let cursor = "0";
      do {
        const args = [keys.owners, cursor, String(SCRIPT_ITEMS)];
        const [next, ...rest] = listOf(await connection.call(LIST_LOCKS, [keys.locks, keys.results], args));
        cursor = textOf(next);
        const entries: LockEntry[] = [];
        for (let index = 0; index < rest.length; index += 3) {
          const [hash] = hashesIn(rest.slice(index, index + 1));
          const token = textOf(rest[index + 1]);
          const state = rest[index + 2] === "alive" ? "alive" : "dead";
          if (hash !== undefined) entries.push({ hash, token, owner: ownerOf(token), state });
        }
        if (entries.length > 0) yield entries;
      } while (cursor !== "0" && cursor !== "");
    },
    async removeAll(hashes) {
      let removed = 0;
      for (const batch of inBatches(hashes, SCRIPT_ITEMS)) {
        removed += countOf(await connection.call(REMOVE_LOCKS, [keys.locks, keys.changes], batch));
      }
      return removed;
    },
  };
}
