/**
 * The backend of docs/write-a-backend.md as that page showed it for version 0.1: without optional parts, and with a
 * `release` that returns nothing. Do not change it: backends that users wrote in this form must continue to work.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { Backend, Change, Hash, Lock } from "jug";

interface State {
  results: Record<string, string>; // base64
  failures: Record<string, Lock & { bytes: string }>;
  locks: Record<string, Lock & { owner: string }>;
  owners: Record<string, number>; // each is dead after this time
  changes: [number, Change][];
}

const empty = `{ "results": {}, "failures": {}, "locks": {}, "owners": {}, "changes": [] }`;
const read = (path: string): State => JSON.parse(existsSync(path) ? Deno.readTextFileSync(path) : empty);

async function update<T>(path: string, work: (state: State) => T): Promise<T> {
  using guard = Deno.openSync(`${path}.lock`, { create: true, write: true });
  await guard.lock(true);
  const state = read(path);
  const answer = work(state);
  Deno.writeTextFileSync(`${path}.new`, JSON.stringify({ ...state, changes: state.changes.slice(-1000) }));
  Deno.renameSync(`${path}.new`, path); // so that nobody reads half of it
  return answer;
}

const once = <T>(batch: T[]) => ReadableStream.from([batch]); // a listing comes in batches: here in one
const decode = (text?: string) => text === undefined ? undefined : Uint8Array.fromBase64(text);
const announce = ({ changes }: State, kind: Change["kind"], hash: Hash) =>
  changes.push([(changes.at(-1)?.[0] ?? 0) + 1, { kind, hash }]);

const giveUp = (state: State, { hash, token }: Lock) =>
  state.locks[hash]?.token === token && delete state.locks[hash] && announce(state, "released", hash);

const lockMethods = (path: string, clock: () => number) => ({
  async join({ id, leaseMs }) {
    const renew = () => update(path, ({ owners }) => void (owners[id] = clock() + leaseMs));
    const leave = (state: State) => {
      for (const lock of Object.values(state.locks)) if (lock.owner === id) giveUp(state, lock);
      delete state.owners[id];
    };
    await renew();
    return { renew, leave: () => update(path, leave) };
  },
  claim: (hashes, { owner: { id }, thread }) =>
    update(path, ({ results, locks, owners }) =>
      hashes.map((hash) => {
        if (hash in results) return { kind: "finished" };
        const owner = locks[hash]?.owner;
        if (owner !== undefined && (owner === id || clock() <= (owners[owner] ?? -1))) return { kind: "held", owner };
        const lock = { hash, token: `${id}.${thread}.${crypto.randomUUID()}` };
        locks[hash] = { ...lock, owner: id };
        return { kind: "claimed", lock, stolen: owner !== undefined };
      })),
  release: (held) => update(path, (state) => held.forEach((lock) => giveUp(state, lock))),
  async *listLocks() {
    const { results, locks, owners } = read(path);
    const open = Object.values(locks).filter(({ hash }) => !(hash in results));
    yield open.map((lock) => ({ ...lock, state: clock() <= (owners[lock.owner] ?? -1) ? "alive" : "dead" }));
  },
  removeLocks: (all) => update(path, ({ locks }) => all.filter((hash) => hash in locks && delete locks[hash]).length),
} satisfies Partial<Backend>);

export function openBackend(path: string, _options: unknown, clock = Date.now): Backend {
  let seen = read(path).changes.at(-1)?.[0] ?? 0;
  const drop = (state: State, hash: Hash) => delete state.results[hash] && announce(state, "removed", hash);
  const remove = (hashes: readonly Hash[], isMeant: (text?: string) => boolean) =>
    update(path, (state) => new Set(hashes.filter((hash) => isMeant(state.results[hash]) && drop(state, hash))));
  return {
    ...lockMethods(path, clock),
    address: `module:${path}`,
    batchSize: 64, // a call costs far more than an item in it
    has: (hashes) => Promise.resolve(new Set(hashes.filter((hash) => hash in read(path).results))),
    list: () => once(Object.keys(read(path).results) as Hash[]),
    load: (hashes) => Promise.resolve(hashes.map((hash) => decode(read(path).results[hash]))),
    complete: (items) =>
      update(path, (state) =>
        items.map(({ hash, bytes, lock }) => {
          const isFirst = !(hash in state.results) && announce(state, "finished", hash) > 0;
          state.results[hash] ??= bytes.toBase64();
          delete state.failures[hash];
          if (lock) giveUp(state, lock);
          return isFirst ? "stored" : "kept";
        })),
    remove: (hashes) => remove(hashes, (text) => text !== undefined),
    discard: async (hash, bytes) => (await remove([hash], (text) => text === bytes.toBase64())).size > 0,
    fail: (items) =>
      update(path, (state) =>
        items.forEach(({ lock, bytes }) => {
          const isOpen = !(lock.hash in state.results) && announce(state, "failed", lock.hash);
          if (isOpen) state.failures[lock.hash] = { ...lock, bytes: bytes.toBase64() };
          giveUp(state, lock);
        })),
    listFailures: () => once(Object.values(read(path).failures).map(({ hash, token }) => ({ hash, token }))),
    loadFailures: (hashes) => Promise.resolve(hashes.map((hash) => decode(read(path).failures[hash]?.bytes))),
    removeFailures: (all) =>
      update(path, ({ failures: f }) => all.filter((hash) => hash in f && delete f[hash]).length),
    async waitForChange(signal) {
      const news = read(path).changes.filter(([count]) => count > seen);
      seen = news.at(-1)?.[0] ?? seen;
      if (news.length > 0 || signal.aborted) return news.map(([, change]) => change);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return this.waitForChange(signal);
    },
    close: () => Promise.resolve(),
  };
}
