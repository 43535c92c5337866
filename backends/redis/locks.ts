/**
 * Locks, and the owners they belong to. A lock holds as long as its owner's key lives, which expires by the server's clock:
 * to renew that one key is to renew all locks of a process.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Claimant, ClaimOutcome, Lock, LockEntry, Membership, Owner } from "../backend.ts";
import { ownerOf, UNKNOWN_OWNER } from "../form.ts";
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
  /** Takes note of locks that a completion or a failure gave up. */
  ended(locks: readonly (Lock | undefined)[]): void;
  list(): AsyncGenerator<readonly LockEntry[]>;
  removeAll(hashes: readonly Hash[]): Promise<number>;
}

/** How long leaving tries to reach the server, in milliseconds: what it cannot give up lapses with the lease. */
const LEAVE_MS = 1000;

/** A lease as the server takes it: whole milliseconds, and no lease is none. */
function leaseText({ leaseMs }: Owner): string {
  return String(Math.ceil(leaseMs));
}

const HELD = "held ";

/** What became of a claim, with the lock that stands in its way. */
type Outcome = Exclude<ClaimOutcome, { kind: "held" }> | { readonly kind: "held"; readonly lock: Lock };

function outcomeOf(answer: string, lock: Lock): Outcome {
  switch (answer) {
    case "finished":
      return { kind: "finished" };
    case "claimed":
    case "stolen":
      return { kind: "claimed", lock, stolen: answer === "stolen" };
    default:
      return { kind: "held", lock: { hash: lock.hash, token: answer.slice(HELD.length) } };
  }
}

/** The locks at this place. */
export function createLocks({ connection, keys, unique }: Place): Locks {
  // Several connections may claim for one thread, so the count begins with what only this one has.
  const ours = unique().slice(0, 8);
  let count = 0;
  /** The tokens of what was claimed here and not given up. */
  const underWay = new Set<string>();

  function ended(locks: readonly (Lock | undefined)[]): void {
    for (const lock of locks) if (lock !== undefined) underWay.delete(lock.token);
  }

  async function release(locks: readonly Lock[], patienceMs?: number): Promise<void> {
    for (const batch of inBatches(locks, SCRIPT_ITEMS)) {
      const args = batch.flatMap(({ hash, token }) => [hash, token]);
      const options = patienceMs === undefined ? {} : { patienceMs };
      await connection.call(RELEASE, [keys.locks, keys.changes], args, options);
      ended(batch);
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

  function prefixOf({ owner, thread }: Claimant): string {
    return `${owner.id}.${thread}.${ours}-`;
  }

  async function tryToClaim(hashes: readonly Hash[], claimant: Claimant): Promise<Outcome[]> {
    const { owner } = claimant;
    // The tokens are made here, so that a claim whose answer was lost is known as ours when it is sent again.
    const locks = hashes.map((hash) => ({ hash, token: `${prefixOf(claimant)}${count++}` }));
    const args = [keys.owners, owner.id, leaseText(owner)];
    for (const { hash, token } of locks) args.push(hash, token);
    const touched = [keys.results, keys.locks, keys.owners + owner.id];
    const answer = listOf(await connection.call(CLAIM, touched, args));
    const outcomes = locks.map((lock, index) => outcomeOf(textOf(answer[index]), lock));
    for (const outcome of outcomes) if (outcome.kind === "claimed") underWay.add(outcome.lock.token);
    return outcomes;
  }

  /**
   * Where claims found a lock that was made here and has ended: the server lost the last that it was told, as one may that
   * stands in for another, and would keep the task from us for as long as we live.
   */
  function leftOver(outcomes: readonly Outcome[], claimant: Claimant): { lock: Lock; index: number }[] {
    return outcomes.flatMap((outcome, index) => {
      if (outcome.kind !== "held") return [];
      const { hash, token } = outcome.lock;
      return token.startsWith(prefixOf(claimant)) && !underWay.has(token) ? [{ lock: { hash, token }, index }] : [];
    });
  }

  return {
    join,
    async claim(hashes, claimant) {
      const outcomes: Outcome[] = [];
      try {
        for (const batch of inBatches(hashes, SCRIPT_ITEMS)) outcomes.push(...await tryToClaim(batch, claimant));
        for (const left of inBatches(leftOver(outcomes, claimant), SCRIPT_ITEMS)) {
          await release(left.map(({ lock }) => lock));
          const again = await tryToClaim(left.map(({ lock }) => lock.hash), claimant);
          for (const [place, outcome] of again.entries()) outcomes[left[place]?.index ?? 0] = outcome;
        }
      } catch (error) {
        // The caller will not hear of those that were claimed before.
        const claimed = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock] : []);
        await release(claimed, LEAVE_MS).catch(() => {});
        throw error;
      }
      return outcomes.map((outcome) =>
        outcome.kind === "held" ? { kind: "held", owner: ownerOf(outcome.lock.token) ?? UNKNOWN_OWNER } : outcome
      );
    },
    release,
    ended,
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
          if (hash !== undefined) entries.push({ hash, token, owner: ownerOf(token) ?? UNKNOWN_OWNER, state });
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
