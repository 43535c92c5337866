/**
 * Locks, and the owners that they belong to. A lock is valid as long as its owner's key exists. That key expires by the
 * server's clock, so renewing this one key renews all locks of a process.
 *
 * @module
 */
import { append, batches } from "../../core/lists.ts";
import type { Hash } from "../../core/brand.ts";
import type { Claimant, ClaimOutcome, Lock, LockEntry, Membership, Owner, ReleaseOutcome } from "../backend.ts";
import { claimTimeOf, lockToken } from "../stored/lock_token.ts";
import { ownerOf, UNKNOWN_OWNER } from "../validation.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { MOST_PROCESSES } from "../stored/process_facts.ts";
import { processText } from "./processes.ts";
import { countOf, hashesIn, listOf, textOf } from "./replies.ts";
import { CLAIM } from "./scripts/claim.lua.ts";
import { JOIN } from "./scripts/join.lua.ts";
import { LIST_LOCKS } from "./scripts/list_locks.lua.ts";
import { NOTE_LEFT } from "./scripts/note_left.lua.ts";
import { RELEASE } from "./scripts/release.lua.ts";
import { REMOVE_LOCKS } from "./scripts/remove_locks.lua.ts";
import { RENEW } from "./scripts/renew.lua.ts";
import { TIDY } from "./scripts/tidy.lua.ts";

/** The locks of one jugdir. */
export interface Locks {
  join(owner: Owner): Promise<Membership>;
  claim(hashes: readonly Hash[], claimant: Claimant): Promise<ClaimOutcome[]>;
  /** Releases locks. Returns which ones this process still held. */
  release(locks: readonly Lock[]): Promise<ReleaseOutcome[]>;
  /** Records that a completion or a failure released these locks. */
  ended(locks: readonly (Lock | undefined)[]): void;
  list(): AsyncGenerator<readonly LockEntry[]>;
  removeAll(hashes: readonly Hash[]): Promise<number>;
  /** Removes locks beside results that dead owners left behind. Returns how many. */
  tidy(): Promise<number>;
}

/** How long leaving tries to reach the server, in milliseconds. Locks that it cannot release expire with the lease. */
const LEAVE_MS = 1000;

/** Returns a lease as the server takes it: whole milliseconds, and never 0. */
function leaseText({ leaseMs }: Owner): string {
  return String(Math.ceil(leaseMs));
}

const HELD = "held ";

function outcomeOf(answer: unknown, lock: Lock): ClaimOutcome {
  const text = textOf(answer);
  switch (text) {
    case "finished":
      return { kind: "finished" };
    case "claimed":
    case "stolen":
      return { kind: "claimed", lock, stolen: text === "stolen" };
    default:
      return { kind: "held", owner: ownerOf(text.slice(HELD.length)) ?? UNKNOWN_OWNER };
  }
}

/** Creates the locks at this place. */
export function createLocks({ connection, keys, unique }: Place): Locks {
  // Several connections may claim for the same thread, so tokens end with a tag that only this connection has.
  const ours = unique().replaceAll("-", "").slice(0, 8);
  let count = 0;
  /** The beginnings of the tokens of all claimants that claimed here, up to the second dot. */
  const prefixes = new Set<string>();
  /** The tokens of locks that were claimed here, or are being claimed, and were not released. */
  const underWay = new Set<string>();

  function ended(locks: readonly (Lock | undefined)[]): void {
    for (const lock of locks) if (lock !== undefined) underWay.delete(lock.token);
  }

  async function release(locks: readonly Lock[], patienceMs?: number): Promise<ReleaseOutcome[]> {
    ended(locks);
    const outcomes: ReleaseOutcome[] = [];
    for (const batch of batches(locks, SCRIPT_ITEMS)) {
      const args = batch.flatMap(({ hash, token }) => [hash, token]);
      const options = patienceMs === undefined ? {} : { patienceMs };
      const answer = listOf(await connection.call(RELEASE, [keys.locks, keys.changes], args, options));
      append(outcomes, batch.map((_, index) => answer[index] === 1 ? "released" : "lost"));
    }
    return outcomes;
  }

  /** Releases all locks whose tokens match. */
  async function releaseAll(isMeant: (token: string) => boolean, patienceMs?: number): Promise<void> {
    let cursor = "0";
    do {
      const scan = ["HSCAN", keys.locks, cursor, "COUNT", String(SCRIPT_ITEMS)];
      const [next, pairs] = listOf(await connection.send(scan, patienceMs === undefined ? {} : { patienceMs }));
      const texts = listOf(pairs).map(textOf);
      const meant: Lock[] = [];
      for (let index = 0; index < texts.length; index += 2) {
        const [hash] = hashesIn(texts.slice(index, index + 1));
        const token = texts[index + 1];
        if (hash !== undefined && token !== undefined && isMeant(token)) meant.push({ hash, token });
      }
      await release(meant, patienceMs);
      cursor = textOf(next);
    } while (cursor !== "0" && cursor !== "");
  }

  /**
   * Releases locks that came back. A server that lost the last commands (after a failover, for example) restores locks
   * that were released here, without the results that ended them. These locks would block the tasks as long as this
   * process lives.
   */
  async function releaseEnded(): Promise<void> {
    if (prefixes.size === 0) return;
    const isOurs = (token: string) =>
      token.endsWith(`-${ours}`) && prefixes.has(token.slice(0, token.lastIndexOf(".") + 1));
    await releaseAll((token) => isOurs(token) && !underWay.has(token));
  }

  // If the server is gone again, the next connection does this.
  connection.onReconnect(() => void releaseEnded().catch(() => {}));

  async function leave(owner: Owner): Promise<void> {
    // It is noted also if the locks cannot be released.
    const left = [owner.id, processText(owner, Date.now())];
    const noting = connection.call(NOTE_LEFT, [keys.processes], left, { patienceMs: LEAVE_MS }).catch(() => {});
    await releaseAll((token) => ownerOf(token) === owner.id, LEAVE_MS);
    await connection.send(["DEL", keys.owners + owner.id], { patienceMs: LEAVE_MS });
    await noting;
  }

  async function join(owner: Owner): Promise<Membership> {
    const renew = async () => {
      await connection.call(RENEW, [keys.owners + owner.id], [leaseText(owner)]);
    };
    const touched = [keys.owners + owner.id, keys.processes];
    await connection.call(JOIN, touched, [owner.id, leaseText(owner), processText(owner), String(MOST_PROCESSES)]);
    let renewing: Promise<void> | undefined;
    let left = false;
    return {
      renew() {
        if (left) return Promise.resolve();
        // While the server is away, one attempt at a time is enough.
        renewing ??= renew().finally(() => renewing = undefined);
        return renewing;
      },
      async leave() {
        if (left) return;
        left = true;
        // If the server is away, the locks expire by themselves, and a process that ends must not wait for it.
        await leave(owner).catch(() => {});
      },
    };
  }

  async function claimBatch(hashes: readonly Hash[], claimant: Claimant): Promise<ClaimOutcome[]> {
    const { owner } = claimant;
    const since = Date.now();
    // Create the tokens here: if the reply to a claim gets lost, the claim is sent again and recognized by its token.
    const locks = hashes.map((hash) => ({ hash, token: lockToken(claimant, { since, order: count++ }, ours) }));
    const args = [keys.owners, owner.id, leaseText(owner)];
    for (const { hash, token } of locks) {
      args.push(hash, token);
      underWay.add(token);
    }
    try {
      const answer = listOf(await connection.call(CLAIM, [keys.results, keys.locks, keys.owners + owner.id], args));
      const outcomes = locks.map((lock, index) => outcomeOf(answer[index], lock));
      ended(locks.filter((_, index) => outcomes[index]?.kind !== "claimed"));
      return outcomes;
    } catch (error) {
      ended(locks);
      throw error;
    }
  }

  return {
    join,
    async claim(hashes, claimant) {
      prefixes.add(`${claimant.owner.id}.${claimant.thread}.`);
      const outcomes: ClaimOutcome[] = [];
      try {
        for (const batch of batches(hashes, SCRIPT_ITEMS)) outcomes.push(...await claimBatch(batch, claimant));
      } catch (error) {
        // The caller does not learn about the tasks that were claimed before the error.
        const claimed = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock] : []);
        await release(claimed, LEAVE_MS).catch(() => {});
        throw error;
      }
      return outcomes;
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
          const owner = ownerOf(token) ?? UNKNOWN_OWNER;
          if (hash !== undefined) entries.push({ hash, token, owner, state, ...claimTimeOf(token) });
        }
        if (entries.length > 0) yield entries;
      } while (cursor !== "0" && cursor !== "");
    },
    async removeAll(hashes) {
      let removed = 0;
      for (const batch of batches(hashes, SCRIPT_ITEMS)) {
        removed += countOf(await connection.call(REMOVE_LOCKS, [keys.locks, keys.changes], batch));
      }
      return removed;
    },
    async tidy() {
      let removed = 0;
      let cursor = "0";
      do {
        const args = [keys.owners, cursor, String(SCRIPT_ITEMS)];
        const [next, count] = listOf(await connection.call(TIDY, [keys.locks, keys.results], args));
        removed += countOf(count);
        cursor = textOf(next);
      } while (cursor !== "0" && cursor !== "");
      return removed;
    },
  };
}
