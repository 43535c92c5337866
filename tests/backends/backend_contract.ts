/**
 * The contract that every backend must fulfil, as tests. A new backend is tested with one call of
 * {@linkcode backendContract}, which takes a way to open it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backend, Change, Claimant, ClaimOutcome, Lock, Owner, RunInfo } from "../../backends/backend.ts";
import { durationClass } from "../../backends/duration_classes.ts";
import { codesOf, loadHeads, release, tidy } from "../../backends/optional_parts.ts";
import { type Hash, isHash } from "../../core/brand.ts";

/** An empty store, and what a test can do with it. */
export interface BackendFixture {
  /** Opens the store again, as another process would. */
  open(): Promise<Backend>;
  /** Lets time pass for leases, by moving the clock if the backend accepts one. */
  passTime(ms: number): Promise<void>;
  /** Joins as `owner`, claims `hashes` and dies: the owner neither renews its lease nor leaves. */
  claimAndDie(owner: Owner, hashes: readonly Hash[]): Promise<void>;
  /** How long an owner on the same host must show no heartbeat before it counts as dead, in milliseconds. @default 0 */
  readonly silenceMs?: number;
  /** Whether a change may be missed if another one makes it obsolete, and several may be reported in any order. */
  readonly mergesChanges?: boolean;
  /** Removes the store. */
  dispose(): Promise<void>;
}

const LEASE_MS = 1000;

/** The default host and boot of owners. */
export const HERE = { host: "here", boot: "this boot" };

/** Returns the hash for the number `n`. */
export function hashOf(n: number): Hash {
  const hash = ((n * 2654435761) % 2 ** 32).toString(16).padStart(8, "0") + n.toString(16).padStart(32, "0");
  assert(isHash(hash));
  return hash;
}

/** Returns the hashes for the numbers `from` … `from + count - 1`. */
export function hashesOf(count: number, from = 0): Hash[] {
  return Array.from({ length: count }, (_, index) => hashOf(from + index));
}

/** Returns a new owner with a unique id. */
export function newOwner(options: Partial<Owner> = {}): Owner {
  return {
    id: `o-${crypto.randomUUID()}`,
    leaseMs: LEASE_MS,
    ...HERE,
    pid: undefined,
    ...options,
  };
}

/** Returns the lock of a claim, which must have succeeded. */
export function lockOf(outcome: ClaimOutcome | undefined): Lock {
  assert(outcome?.kind === "claimed", `expected a lock, got ${JSON.stringify(outcome)}`);
  return outcome.lock;
}

/** Returns all items of a listing. */
export async function collect<T>(batches: AsyncIterable<readonly T[]> | Iterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

const text = (words: string) => new TextEncoder().encode(words);
const words = (bytes: Uint8Array | undefined) => bytes === undefined ? undefined : new TextDecoder().decode(bytes);

async function claimOne(backend: Backend, hash: Hash, claimant: Claimant): Promise<ClaimOutcome> {
  const [outcome] = await backend.claim([hash], claimant);
  assert(outcome !== undefined);
  return outcome;
}

async function resultOf(backend: Backend, hash: Hash): Promise<string | undefined> {
  return words((await backend.load([hash]))[0]);
}

/** Collects changes up to the one of this kind and hash, for at most 10 s. */
async function changesUpTo(backend: Backend, kind: Change["kind"], hash: Hash): Promise<Change[]> {
  const seen: Change[] = [];
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), 10_000);
  while (!seen.some((change) => change.kind === kind && change.hash === hash) && !deadline.signal.aborted) {
    seen.push(...await backend.waitForChange(deadline.signal));
  }
  clearTimeout(timer);
  return seen;
}

async function* never(): AsyncGenerator<never> {}

/** Returns the backend as one written before the optional parts existed. */
export function withoutOptionalParts({ loadHeads: _, codes: _codes, tidy: _tidy, ...backend }: Backend): Backend {
  return {
    ...backend,
    async release(locks) {
      await backend.release(locks);
    },
  };
}

/** Two backends on one store, with live owners; `a` joined first. */
interface Two {
  readonly fixture: BackendFixture;
  readonly a: Backend;
  readonly b: Backend;
  readonly byA: Claimant;
  readonly byB: Claimant;
  readonly memberA: { renew(): Promise<void>; leave(): Promise<void> };
  readonly memberB: { renew(): Promise<void>; leave(): Promise<void> };
}

/** Runs the contract's tests on a backend. */
export function backendContract(name: string, create: () => Promise<BackendFixture>): void {
  function test(title: string, body: (two: Two) => Promise<void>): void {
    Deno.test(`${name}: ${title}`, async () => {
      const fixture = await create();
      const backends: Backend[] = [];
      try {
        const [a, b] = [await fixture.open(), await fixture.open()];
        backends.push(a, b);
        const [byA, byB] = [{ owner: newOwner(), thread: 0 }, { owner: newOwner(), thread: 0 }];
        const [memberA, memberB] = [await a.join(byA.owner), await b.join(byB.owner)];
        await body({ fixture, a, b, byA, byB, memberA, memberB });
        await memberA.leave();
        await memberB.leave();
      } finally {
        for (const backend of backends) await backend.close();
        await fixture.dispose();
      }
    });
  }

  /** Lets A's lease expire while A holds a lock, and lets B take the task over. Returns both locks. */
  async function takeOver({ fixture, a, b, byA, byB, memberB }: Two, hash: Hash): Promise<{ late: Lock; taken: Lock }> {
    const late = lockOf(await claimOne(a, hash, byA));
    assert.equal((await claimOne(b, hash, byB)).kind, "held");
    await fixture.passTime(LEASE_MS * 0.9);
    await memberB.renew();
    await fixture.passTime(LEASE_MS * 0.9);
    await memberB.renew();
    const outcome = await claimOne(b, hash, byB);
    const taken = lockOf(outcome);
    assert(outcome.kind === "claimed" && outcome.stolen, "the lock counts as stolen");
    return { late, taken };
  }

  async function holderOf(backend: Backend, hash: Hash): Promise<string | undefined> {
    return (await collect(backend.listLocks())).find((lock) => lock.hash === hash)?.token;
  }

  const hash = hashOf(1);

  test("has, load and the listings find nothing in an empty store", async ({ a }) => {
    assert.deepEqual(await a.has([hash]), new Set());
    assert.deepEqual(await a.load([hash]), [undefined]);
    assert.deepEqual(await collect(a.list()), []);
    assert.deepEqual(await collect(a.listLocks()), []);
    assert.deepEqual(await collect(a.listFailures()), []);
  });

  test("calls without hashes return nothing", async ({ a, byA }) => {
    assert.deepEqual(await a.has([]), new Set());
    assert.deepEqual(await a.load([]), []);
    assert.deepEqual(await a.claim([], byA), []);
    assert.deepEqual(await a.complete([]), []);
    assert.deepEqual(await a.remove([]), new Set());
    assert.equal(await a.removeLocks([]), 0);
    assert.equal(await a.removeFailures([]), 0);
    await a.release([]);
    await a.fail([]);
  });

  test("a result that one backend stored is loaded by the other", async ({ a, b, byA }) => {
    const lock = lockOf(await claimOne(a, hash, byA));
    assert.deepEqual(await a.complete([{ hash, bytes: text("seven"), lock }]), ["stored"]);
    assert.deepEqual(await b.has([hashOf(2), hash]), new Set([hash]));
    assert.deepEqual((await b.load([hashOf(2), hash])).map(words), [undefined, "seven"]);
    assert.deepEqual(await collect(b.listLocks()), []);
  });

  test("a process releases locks of a thread that works on, which keeps its other locks", async (two) => {
    const { a, b, byA, byB } = two;
    // As in a run: `b` joined for the process, and `a` is what one of its threads opened.
    const thread = { owner: byB.owner, thread: 7 };
    const [first, second, third] = (await a.claim(hashesOf(3), thread)).map(lockOf);
    assert(first && second && third);
    assert.deepEqual(await release(b, [second, third], { claimantWorks: true }), ["released", "released"]);
    assert.deepEqual(await b.release([second], { claimantWorks: true }) ?? ["lost"], ["lost"]);
    assert.equal((await claimOne(b, second.hash, byA)).kind, "claimed");
    assert.deepEqual(await a.complete([{ hash: first.hash, bytes: text("1"), lock: first }]), ["stored"]);
    const again = lockOf(await claimOne(a, third.hash, thread));
    assert.deepEqual(await a.complete([{ hash: third.hash, bytes: text("3"), lock: again }]), ["stored"]);
  });

  test("the first result is kept, and a later one is dropped", async ({ a, b }) => {
    assert.deepEqual(await a.complete([{ hash, bytes: text("first"), lock: undefined }]), ["stored"]);
    assert.deepEqual(await b.complete([{ hash, bytes: text("second"), lock: undefined }]), ["kept"]);
    assert.equal(await resultOf(a, hash), "first");
  });

  test("if results are stored together, those based on others are stored only with them", async ({ a, b, byA }) => {
    if (a.storesTogether !== true) return;
    const locks = (await a.claim(hashesOf(5), byA)).map(lockOf);
    const [base, middle, end] = locks;
    assert(base && middle && end);
    const item = (lock: Lock, isBasedOnOthers: boolean) => ({
      hash: lock.hash,
      bytes: text("x"),
      lock,
      isBasedOnOthers,
    });
    assert.deepEqual(await a.complete([item(base, false), item(middle, true)]), ["stored", "stored"]);
    await b.removeLocks(hashesOf(5));
    const [fourth, fifth] = locks.slice(3);
    assert(fourth && fifth);
    const late = await a.complete([item(end, true), item(fourth, false), item(fifth, true)]);
    assert.deepEqual(late, ["lost", "stored", "lost"]);
    assert.deepEqual(await b.has(hashesOf(5)), new Set([base.hash, middle.hash, fourth.hash]));
  });

  test("changing stored or loaded bytes later does not change the result", async ({ a }) => {
    const bytes = text("same");
    await a.complete([{ hash, bytes, lock: undefined }]);
    bytes.fill(0);
    (await a.load([hash]))[0]?.fill(1);
    assert.equal(await resultOf(a, hash), "same");
  });

  test("empty and large results come back unchanged", async ({ a, b }) => {
    const large = new Uint8Array(20_000_000).map((_, index) => index * 31);
    await a.complete([
      { hash: hashOf(1), bytes: new Uint8Array(0), lock: undefined },
      { hash: hashOf(2), bytes: large, lock: undefined },
    ]);
    const [empty, back] = await b.load([hashOf(1), hashOf(2)]);
    assert.equal(empty?.length, 0);
    assert(back !== undefined && back.length === large.length);
    assert(back.every((byte, index) => byte === large[index]));
  });

  test("the heads of results are their first bytes", async ({ a, b }) => {
    const large = new Uint8Array(3_000_000).map((_, index) => index * 31);
    await a.complete([
      { hash: hashOf(1), bytes: new Uint8Array(0), lock: undefined },
      { hash: hashOf(2), bytes: text("a small one"), lock: undefined },
      { hash: hashOf(3), bytes: large, lock: undefined },
    ]);
    const heads = await loadHeads(b, [hashOf(3), hashOf(1), hashOf(9), hashOf(2)], 7);
    assert.equal(heads[2], undefined);
    assert.deepEqual(heads.map((head) => head?.length === 0), [false, true, false, false]);
    assert.deepEqual(heads[0]?.subarray(0, 7), large.subarray(0, 7));
    assert.equal(words(heads[3]?.subarray(0, 7)), "a small");
    const [most] = await loadHeads(b, [hashOf(3)], 2 ** 32);
    assert(most !== undefined && most.length >= 100_000 && most.length <= large.length);
    assert.deepEqual(most.subarray(0, 100_000), large.subarray(0, 100_000));
  });

  test("outcomes for hundreds of hashes in one call have the same order", async ({ a, b, byA }) => {
    const hashes = hashesOf(700);
    const outcomes = await a.claim(hashes, byA);
    assert.deepEqual(outcomes.map((outcome) => lockOf(outcome).hash), hashes);
    const items = outcomes.map((outcome, index) => {
      return { hash: lockOf(outcome).hash, bytes: text(String(index)), lock: lockOf(outcome) };
    });
    assert.deepEqual(new Set(await a.complete(items)), new Set(["stored"]));
    assert.deepEqual((await b.load(hashes)).map(words), hashes.map((_, index) => String(index)));
    assert.deepEqual(await b.has([...hashes, ...hashesOf(50, 1000)]), new Set(hashes));
    assert.deepEqual(new Set(await collect(b.list())), new Set(hashes));
    assert.deepEqual(await collect(b.listLocks()), []);
  });

  test("each task is claimed by exactly one of many claimants", async ({ fixture }) => {
    const hashes = hashesOf(300);
    const backends = await Promise.all(Array.from({ length: 6 }, () => fixture.open()));
    const members = [];
    const won: Hash[] = [];
    for (const [index, backend] of backends.entries()) {
      const owner = newOwner();
      members.push(await backend.join(owner));
      const claimant = { owner, thread: index };
      won.push(
        ...(await Promise.all(
          hashes.map((_, at) => claimOne(backend, hashes[(at + index * 50) % 300] ?? hash, claimant)),
        )).flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock.hash] : []),
      );
    }
    assert.equal(won.length, 300);
    assert.equal(new Set(won).size, 300);
    for (const member of members) await member.leave();
    for (const backend of backends) await backend.close();
  });

  test("many concurrent claims of one task give one lock", async ({ fixture, a, b, byA, byB }) => {
    const c = await fixture.open();
    const outcomes = await Promise.all([
      ...Array.from({ length: 20 }, (_, thread) => claimOne(a, hash, { ...byA, thread })),
      ...Array.from({ length: 20 }, (_, thread) => claimOne(b, hash, { ...byB, thread })),
      ...Array.from({ length: 20 }, (_, thread) => claimOne(c, hash, { ...byB, thread: thread + 20 })),
    ]);
    assert.equal(outcomes.filter(({ kind }) => kind === "claimed").length, 1);
    assert.equal(outcomes.filter(({ kind }) => kind === "held").length, 59);
    await c.close();
  });

  test("a hash that is named twice in one claim is locked once", async ({ a, byA }) => {
    const outcomes = await a.claim([hash, hash], byA);
    assert.deepEqual(outcomes.map(({ kind }) => kind), ["claimed", "held"]);
  });

  test("the outcome of a claim of a held task names the owner", async ({ a, b, byA, byB }) => {
    await claimOne(a, hash, byA);
    assert.deepEqual(await claimOne(b, hash, byB), { kind: "held", owner: byA.owner.id });
    assert.deepEqual(await claimOne(a, hash, { ...byA, thread: 1 }), { kind: "held", owner: byA.owner.id });
  });

  test("a finished task is not claimed", async ({ a, b, byA, byB }) => {
    const lock = lockOf(await claimOne(a, hash, byA));
    await a.complete([{ hash, bytes: text("x"), lock }]);
    assert.deepEqual(await claimOne(b, hash, byB), { kind: "finished" });
    assert.deepEqual(await claimOne(a, hash, byA), { kind: "finished" });
    assert.deepEqual(await collect(a.listLocks()), []);
  });

  test("a released task can be claimed again, with a new token", async ({ a, b, byA, byB }) => {
    const first = lockOf(await claimOne(a, hash, byA));
    await a.release([first]);
    assert.deepEqual(await collect(a.listLocks()), []);
    const second = lockOf(await claimOne(b, hash, byB));
    await b.release([second]);
    const third = lockOf(await claimOne(a, hash, byA));
    assert.equal(new Set([first.token, second.token, third.token]).size, 3);
    assert.equal(first.token.split(".").length, 3);
    assert.equal(first.token.split(".")[0], byA.owner.id);
  });

  test("release returns for each lock whether the owner still held it", async (two) => {
    const { a, b, byA, byB } = two;
    const hashes = hashesOf(5);
    const [mine, again, finished, removed, stolen] = hashes.map((hash) => ({ hash, token: "" }));
    assert(mine && again && finished && removed && stolen);
    for (const lock of [mine, again, finished]) lock.token = lockOf(await claimOne(a, lock.hash, byA)).token;
    // By another thread, since removing a lock may end all claims of its claimant.
    for (const lock of [removed, stolen]) {
      lock.token = lockOf(await claimOne(a, lock.hash, { ...byA, thread: 1 })).token;
    }
    // If a backend returns no outcomes, all locks count as released.
    const tells = await a.release([]) !== undefined;
    const expected = (...outcomes: string[]) => tells ? outcomes : outcomes.map(() => "released");
    await a.complete([{ hash: finished.hash, bytes: text("x"), lock: finished }]);
    await b.removeLocks([removed.hash]);
    await b.removeLocks([stolen.hash]);
    const theirs = lockOf(await claimOne(b, stolen.hash, byB));
    assert.deepEqual(await release(a, [again]), expected("released"));
    const outcomes = await release(a, [again, mine, finished, removed, stolen]);
    assert.deepEqual(outcomes, expected("lost", "released", "lost", "lost", "lost"));
    assert.deepEqual((await collect(b.listLocks())).map(({ token }) => token), [theirs.token]);
    assert.deepEqual(await release(b, [theirs]), expected("released"));
    assert.deepEqual(await release(b, []), []);
  });

  test("releasing a lock twice does not release the next lock of the task", async ({ a, b, byA, byB }) => {
    const first = lockOf(await claimOne(a, hash, byA));
    await a.release([first]);
    const second = lockOf(await claimOne(b, hash, byB));
    await a.release([first]);
    assert.equal(await holderOf(a, hash), second.token);
  });

  test("a lock is listed with its owner, as alive while the owner renews", async ({ fixture, a, b, byA, memberA }) => {
    const lock = lockOf(await claimOne(a, hash, byA));
    for (let round = 0; round < 4; round++) {
      const locks = (await collect(b.listLocks())).map(({ since: _since, order: _order, ...rest }) => rest);
      assert.deepEqual(locks, [{ hash, token: lock.token, owner: byA.owner.id, state: "alive" }]);
      await fixture.passTime(LEASE_MS * 0.6);
      await memberA.renew();
    }
  });

  test("a lock beside a result is a leftover: it is not listed, and blocks nobody", async ({ a, b, byA, byB }) => {
    await claimOne(a, hash, byA);
    await b.complete([{ hash, bytes: text("by the way"), lock: undefined }]);
    assert.deepEqual(await collect(b.listLocks()), []);
    assert.equal((await claimOne(b, hash, byB)).kind, "finished");
    assert.equal((await claimOne(a, hash, byA)).kind, "finished");
  });

  test("the lock of an owner that renews is not stolen", async ({ fixture, a, b, byA, byB, memberA }) => {
    await claimOne(a, hash, byA);
    for (let round = 0; round < 5; round++) {
      assert.equal((await claimOne(b, hash, byB)).kind, "held");
      await fixture.passTime(LEASE_MS * 0.6);
      await memberA.renew();
    }
    assert.equal((await claimOne(b, hash, byB)).kind, "held");
  });

  test("the locks of a dead owner are stolen, each by one claimant", async ({ fixture, a, b, byA, byB }) => {
    const hashes = hashesOf(60);
    await fixture.claimAndDie(newOwner(), hashes);
    if (fixture.silenceMs !== undefined) {
      for (const [backend, by] of [[a, byA], [b, byB]] as const) await backend.claim(hashes, by);
      await fixture.passTime(fixture.silenceMs);
    }
    const [one, other] = await Promise.all([a.claim(hashes, byA), b.claim([...hashes].reverse(), byB)]);
    const won = [...one, ...other].filter((outcome) => outcome.kind === "claimed");
    assert.equal(won.length, 60);
    assert.equal(new Set(won.map(({ lock }) => lock.hash)).size, 60);
    assert(won.every(({ stolen }) => stolen));
  });

  test("a lock of a dead owner is listed as dead", async ({ fixture, a }) => {
    await fixture.claimAndDie(newOwner(), [hash]);
    if (fixture.silenceMs !== undefined) {
      assert.equal((await collect(a.listLocks()))[0]?.state, "unknown");
      await fixture.passTime(fixture.silenceMs);
    }
    assert.deepEqual((await collect(a.listLocks())).map(({ state }) => state), ["dead"]);
  });

  test("a task whose owner's lease expired is taken over", async (two) => {
    const { taken } = await takeOver(two, hash);
    assert.equal(await holderOf(two.a, hash), taken.token);
  });

  test("a late owner's release does not remove the new owner's lock", async (two) => {
    const { late, taken } = await takeOver(two, hash);
    await two.a.release([late]);
    assert.equal(await holderOf(two.b, hash), taken.token);
  });

  test("a late owner's failure does not remove the new owner's lock", async (two) => {
    const { late, taken } = await takeOver(two, hash);
    await two.a.fail([{ lock: late, bytes: text("too late") }]);
    assert.equal(await holderOf(two.b, hash), taken.token);
    await two.b.complete([{ hash, bytes: text("good"), lock: taken }]);
    assert.deepEqual(await collect(two.a.listFailures()), []);
  });

  test("a late owner's failure is not recorded for a finished task", async (two) => {
    const { late, taken } = await takeOver(two, hash);
    await two.b.complete([{ hash, bytes: text("good"), lock: taken }]);
    await two.a.fail([{ lock: late, bytes: text("too late") }]);
    assert.deepEqual(await collect(two.a.listFailures()), []);
    assert.equal(await resultOf(two.a, hash), "good");
  });

  test("a late owner's result does not replace a result that others may have read", async (two) => {
    const { late, taken } = await takeOver(two, hash);
    assert.deepEqual(await two.b.complete([{ hash, bytes: text("new"), lock: taken }]), ["stored"]);
    assert.deepEqual(await two.a.complete([{ hash, bytes: text("late"), lock: late }]), ["kept"]);
    assert.equal(await resultOf(two.a, hash), "new");
  });

  test("a late owner's result is stored if it is the first, and that of the new owner is dropped", async (two) => {
    const { late, taken } = await takeOver(two, hash);
    assert.deepEqual(await two.a.complete([{ hash, bytes: text("late"), lock: late }]), ["stored"]);
    assert.deepEqual(await two.b.complete([{ hash, bytes: text("new"), lock: taken }]), ["kept"]);
    assert.equal(await resultOf(two.b, hash), "late");
    assert.deepEqual(await collect(two.a.listLocks()), []);
  });

  test("an owner whose lease expired loses nothing if nobody takes its task over", async ({ fixture, a, b, byA }) => {
    const lock = lockOf(await claimOne(a, hash, byA));
    await fixture.passTime(LEASE_MS * 5);
    assert.deepEqual(await a.complete([{ hash, bytes: text("ten hours"), lock }]), ["stored"]);
    assert.equal(await resultOf(b, hash), "ten hours");
    assert.deepEqual(await collect(b.listLocks()), []);
  });

  test("a failure is recorded, frees the task, and is replaced by the next failure", async ({ a, b, byA, byB }) => {
    const first = lockOf(await claimOne(a, hash, byA));
    await a.fail([{ lock: first, bytes: text("one") }]);
    assert.deepEqual(await collect(b.listFailures()), [{ hash, token: first.token }]);
    assert.deepEqual(await collect(b.listLocks()), []);
    const second = lockOf(await claimOne(b, hash, byB));
    await b.fail([{ lock: second, bytes: text("two") }]);
    assert.deepEqual(await collect(a.listFailures()), [{ hash, token: second.token }]);
    assert.deepEqual((await a.loadFailures([hashOf(9), hash])).map(words), [undefined, "two"]);
  });

  test("a result removes the failure of its task", async ({ a, b, byA, byB }) => {
    await a.fail([{ lock: lockOf(await claimOne(a, hash, byA)), bytes: text("bad") }]);
    await b.complete([{ hash, bytes: text("good"), lock: lockOf(await claimOne(b, hash, byB)) }]);
    assert.deepEqual(await collect(a.listFailures()), []);
    assert.deepEqual(await a.loadFailures([hash]), [undefined]);
  });

  test("if a backend lists runs, it lists those of present results and failures", async ({ a, b, byA }) => {
    if (a.listRuns === undefined || b.listRuns === undefined) return;
    const info = (n: number): RunInfo => ({
      name: "m.f",
      start: 1000 + n,
      finish: 2000 + n,
      worker: "here/1",
      ...n === 0 ? { code: "0123456789abcdef", trace: "00-ab-cd-01", args: '(1, "ä")' } : {},
    });
    const [first, second, failed, removed, silent] = (await a.claim(hashesOf(5), byA)).map(lockOf);
    assert(first && second && failed && removed && silent);
    const completion = (lock: Lock, n: number) => ({
      hash: lock.hash,
      bytes: text("x".repeat(n)),
      lock,
      info: info(n),
    });
    await a.complete([completion(first, 0), completion(second, 1), completion(removed, 3)]);
    await a.complete([{ hash: silent.hash, bytes: text("no info"), lock: silent }]);
    await a.fail([{ lock: failed, bytes: text("no"), info: info(2) }]);
    await b.remove([removed.hash]);
    const runs = (await collect(b.listRuns())).toSorted((one, other) => one.start - other.start);
    assert.deepEqual(runs, [
      { hash: first.hash, kind: "result", size: 0, ...info(0) },
      { hash: second.hash, kind: "result", size: 1, ...info(1) },
      { hash: failed.hash, kind: "failure", size: 2, ...info(2) },
    ]);
  });

  test("if a backend lists processes, it lists those that work, those that left, and those that died", async (two) => {
    const { fixture, a, b, byA, byB, memberA, memberB } = two;
    if (a.listProcesses === undefined || b.listProcesses === undefined) return;
    const processes = async (backend: Backend) => {
      const found = await collect(backend.listProcesses?.() ?? never());
      return new Map(found.map((process) => [process.id, process]));
    };
    const left = newOwner({ pid: 17, started: 1000, options: "--target f" });
    const member = await b.join(left);
    // A process that did nothing need not be remembered.
    await b.complete([{
      hash: hashOf(1),
      bytes: text("x"),
      lock: lockOf(await claimOne(b, hashOf(1), { owner: left, thread: 0 })),
    }]);
    const working = (await processes(a)).get(left.id);
    assert.deepEqual(working, {
      id: left.id,
      host: HERE.host,
      pid: 17,
      started: 1000,
      options: "--target f",
      state: "alive",
      left: undefined,
    });
    const before = Date.now();
    await member.leave();
    const gone = (await processes(a)).get(left.id);
    assert.deepEqual(gone, { ...working, state: "left", left: gone?.left });
    assert(gone?.left !== undefined && gone.left >= before && gone.left <= Date.now());

    const killed = newOwner({ pid: 18, started: 2000 });
    await fixture.claimAndDie(killed, [hashOf(2)]);
    await processes(a);
    await fixture.passTime(LEASE_MS * 1.1);
    await Promise.all([memberA.renew(), memberB.renew()]);
    const all = await processes(a);
    assert.equal(all.get(killed.id)?.left, undefined);
    assert.equal(all.get(killed.id)?.state, "dead");
    assert.equal(all.get(byA.owner.id)?.state, "alive");
    assert.equal(all.get(byB.owner.id)?.state, "alive");
  });

  test("if a backend sums up durations, it counts results that were stored, once each", async ({ a, b, byA, byB }) => {
    if (a.listDurations === undefined || b.listDurations === undefined) return;
    const info = (name: string, duration: number): RunInfo => ({
      name,
      start: 5000,
      finish: 5000 + duration,
      worker: "w",
    });
    const locks = (await a.claim(hashesOf(4), byA)).map(lockOf);
    const [one, two, other, failed] = locks;
    assert(one && two && other && failed);
    await a.complete([
      { hash: one.hash, bytes: text("1"), lock: one, info: info("m.f", 10) },
      { hash: two.hash, bytes: text("2"), lock: two, info: info("m.f", 1000) },
      { hash: other.hash, bytes: text("3"), lock: other, info: info("m.g", -5) },
    ]);
    await a.fail([{ lock: failed, bytes: text("no"), info: info("m.f", 99_999) }]);
    // This one is kept, so it does not count.
    await b.complete([{ hash: one.hash, bytes: text("late"), lock: undefined, info: info("m.f", 70) }]);
    const lock = lockOf(await claimOne(b, hashOf(9), byB));
    await b.complete([{ hash: lock.hash, bytes: text("no info"), lock }]);
    const sums = async (backend: Backend) =>
      (await backend.listDurations?.() ?? []).toSorted((x, y) => x.name < y.name ? -1 : 1);
    const expected = [
      {
        name: "m.f",
        count: 2,
        total: 1010,
        longest: 1000,
        classes: new Map([[durationClass(10), 1], [durationClass(1000), 1]]),
      },
      { name: "m.g", count: 1, total: 0, longest: 0, classes: new Map([[0, 1]]) },
    ];
    assert.deepEqual(await sums(a), expected);
    assert.deepEqual(await sums(b), expected);
  });

  test("if locks tell when they were claimed, they also tell in which order a thread runs them", async ({ a, b, byA }) => {
    const before = Date.now();
    const first = (await a.claim(hashesOf(3), byA)).map(lockOf);
    const second = (await a.claim(hashesOf(2, 3), byA)).map(lockOf);
    const after = Date.now();
    const listed = await collect(b.listLocks());
    assert.equal(listed.length, 5);
    if (listed.every(({ since }) => since === undefined)) return;
    for (const { since } of listed) assert(since !== undefined && since >= before && since <= after);
    const order = listed.toSorted((one, other) => (one.order ?? NaN) - (other.order ?? NaN));
    assert.deepEqual(order.map(({ hash }) => hash), [...first, ...second].map(({ hash }) => hash));
  });

  test("removeFailures removes failures and returns their number", async ({ a, byA }) => {
    const hashes = hashesOf(5);
    const locks = (await a.claim(hashes, byA)).map(lockOf);
    await a.fail(locks.map((lock) => ({ lock, bytes: new Uint8Array(0) })));
    assert.equal((await a.loadFailures(hashes))[0]?.length, 0);
    assert.equal(await a.removeFailures([hashOf(77), ...hashes.slice(0, 3)]), 3);
    assert.equal((await collect(a.listFailures())).length, 2);
  });

  test("remove returns the removed hashes, and their tasks can be claimed again", async ({ a, b, byB }) => {
    await a.complete(hashesOf(3).map((hash) => ({ hash, bytes: text("x"), lock: undefined })));
    assert.deepEqual(await b.remove([hashOf(0), hashOf(2), hashOf(9)]), new Set([hashOf(0), hashOf(2)]));
    assert.deepEqual(await collect(a.list()), [hashOf(1)]);
    assert.equal((await claimOne(b, hashOf(0), byB)).kind, "claimed");
  });

  test("a result is discarded only if its bytes are still those that were read", async ({ a, b }) => {
    await a.complete([{ hash, bytes: text("torn"), lock: undefined }]);
    assert.equal(await b.discard(hash, text("whole")), false);
    assert.equal(await b.discard(hash, text("torn but longer")), false);
    assert.equal(await resultOf(a, hash), "torn");
    assert.equal(await b.discard(hash, text("torn")), true);
    assert.equal(await resultOf(a, hash), undefined);
    assert.equal(await b.discard(hash, text("torn")), false);
  });

  test("removeLocks removes the locks of any owner and returns their number", async ({ a, b, byA, byB }) => {
    const lock = lockOf(await claimOne(a, hash, byA));
    assert.equal(await b.removeLocks([hash, hashOf(5)]), 1);
    assert.deepEqual(await collect(a.listLocks()), []);
    const next = lockOf(await claimOne(b, hash, byB));
    await a.release([lock]);
    assert.equal(await holderOf(a, hash), next.token);
  });

  test("leave() releases the locks of all the owner's threads only", async ({ fixture, a, b, byA, byB, memberA }) => {
    const thread = await fixture.open();
    await a.claim(hashesOf(10), byA);
    await thread.claim(hashesOf(10, 10), { owner: byA.owner, thread: 1 });
    await b.claim(hashesOf(10, 20), byB);
    await memberA.leave();
    await memberA.leave();
    const left = (await collect(b.listLocks())).map((lock) => lock.hash);
    assert.deepEqual(new Set(left), new Set(hashesOf(10, 20)));
    await thread.close();
  });

  test("closing a backend keeps its locks", async ({ fixture, a, byA }) => {
    const thread = await fixture.open();
    const lock = lockOf(await claimOne(thread, hash, { owner: byA.owner, thread: 1 }));
    await thread.close();
    assert.equal(await holderOf(a, hash), lock.token);
  });

  test("changes wake waiting backends, and each change is reported once", async ({ fixture, a, b, byA }) => {
    const [one, two, three] = [hashOf(1), hashOf(2), hashOf(3)];
    const waiting = changesUpTo(b, "removed", hashOf(1));
    const locks = (await a.claim([one, two, three], byA)).map(lockOf);
    const [first, second, third] = locks;
    assert(first !== undefined && second !== undefined && third !== undefined);
    await a.complete([{ hash: one, bytes: text("x"), lock: first }]);
    await a.release([second]);
    await a.fail([{ lock: third, bytes: text("y") }]);
    await a.remove([one]);
    const seen = (await waiting).map(({ kind, hash }) => `${kind} ${hash}`);
    for (const line of [`finished ${one}`, `released ${two}`, `failed ${three}`, `removed ${one}`]) {
      const count = seen.filter((other) => other === line).length;
      const mayBeMissed = fixture.mergesChanges === true && line.startsWith("finished");
      assert(count === 1 || count === 0 && mayBeMissed, `${line} in ${seen.join(", ")}`);
    }
  });

  test("changes made between two waits are not lost", async ({ a, b }) => {
    await a.complete([{ hash: hashOf(1), bytes: text("x"), lock: undefined }]);
    assert.deepEqual(await changesUpTo(b, "finished", hashOf(1)), [{ kind: "finished", hash: hashOf(1) }]);
    await a.complete([{ hash: hashOf(2), bytes: text("x"), lock: undefined }]);
    await a.complete([{ hash: hashOf(3), bytes: text("x"), lock: undefined }]);
    // The last one may be reported first.
    const seen = await changesUpTo(b, "finished", hashOf(3));
    if (seen.length < 2) seen.push(...await changesUpTo(b, "finished", hashOf(2)));
    assert.deepEqual(seen.map(({ hash }) => hash).toSorted(), [hashOf(2), hashOf(3)].toSorted());
  });

  test("an aborted wait returns no changes", async ({ a }) => {
    const abort = new AbortController();
    const waiting = a.waitForChange(abort.signal);
    abort.abort();
    assert.deepEqual(await waiting, []);
    assert.deepEqual(await a.waitForChange(abort.signal), []);
  });

  test("tidying removes nothing of live owners, and a dead owner's task can still be claimed", async (two) => {
    const { fixture, a, b, byA, byB, memberA, memberB } = two;
    const [held, finished, orphaned] = [hashOf(1), hashOf(2), hashOf(3)];
    const locks = (await a.claim([held, finished], byA)).map(lockOf);
    await b.complete([{ hash: finished, bytes: text("by another"), lock: undefined }]);
    await fixture.claimAndDie(newOwner(), [orphaned]);
    for (let round = 0; round < 3; round++) {
      assert.equal(typeof await tidy(b), "number");
      await fixture.passTime(LEASE_MS * 0.6);
      await memberA.renew();
      await memberB.renew();
    }
    assert.equal((await claimOne(b, held, byB)).kind, "held");
    await b.remove([finished]);
    assert.equal((await claimOne(b, finished, byB)).kind, "held", "its lock was beside a result");
    await a.release(locks);
    assert.equal((await claimOne(b, held, byB)).kind, "claimed");
    // Tidying may have ended the dead owner's claims already.
    let { kind } = await claimOne(b, orphaned, byB);
    if (kind === "held" && fixture.silenceMs !== undefined) {
      await fixture.passTime(fixture.silenceMs);
      ({ kind } = await claimOne(b, orphaned, byB));
    }
    assert.equal(kind, "claimed");
  });

  test("if a backend stores the texts of modules, they are loaded by id, and not listed", async ({ a, b }) => {
    const [mine, others] = [codesOf(a), codesOf(b)];
    const [code, module] = [{ id: "3".repeat(16), text: "() => 3" }, { id: "4".repeat(32), text: "export {};\nΩ" }];
    if (mine.load === undefined || others.load === undefined) return;
    assert.deepEqual(await others.load([module.id, code.id]), [undefined, undefined]);
    await mine.add([module, code, module]);
    await others.add([{ id: module.id, text: "another" }]);
    assert.deepEqual(await others.list(), [code]);
    const asked = [code.id, "5".repeat(32), module.id, "../codes", module.id];
    assert.deepEqual(await others.load(asked), [code.text, undefined, module.text, undefined, module.text]);
    assert.deepEqual(await others.load([]), []);
    assert.deepEqual(await collect(a.list()), [], "the texts are not results");
  });

  test("if a backend stores the texts of functions, the first one is kept, and others see it", async ({ a, b }) => {
    const [one, two] = ["1".repeat(16), "2".repeat(16)];
    const [codes, others] = [codesOf(a), codesOf(b)];
    assert.deepEqual(await codes.list(), []);
    await codes.add([]);
    await codes.add([{ id: one, text: "one\nΩ😀" }, { id: two, text: "x".repeat(100_000) }]);
    await others.add([{ id: one, text: "another" }]);
    const seen = (await others.list()).toSorted((x, y) => x.id < y.id ? -1 : 1);
    const kept = [{ id: one, text: "one\nΩ😀" }, { id: two, text: "x".repeat(100_000) }];
    assert.deepEqual(seen, b.codes === undefined ? [] : kept);
    assert.deepEqual(await collect(a.list()), [], "the texts are not results");
  });
}
