import assert from "node:assert/strict";
import type { ClaimOutcome } from "../../backends/backend.ts";
import { fileBackend } from "../../backends/file.ts";
import type { Hash } from "../../core/brand.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backends/backend_contract.ts";
import { amount } from "../support/campaign/campaign.ts";
import { linesOf, startOwner, supportScript, until } from "../support/file/file_processes.ts";

const THIEVES = 4;
const LOCKS = 2000;

function startThief(args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "-A", supportScript("file_thief.ts"), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, lines: linesOf(child.stdout) };
}

type Thief = ReturnType<typeof startThief>;

async function nextLine({ lines }: Thief): Promise<string> {
  const { value, done } = await lines.next();
  assert(done !== true, "the process ended early");
  return value;
}

async function end({ child, lines }: Thief): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  await child.status;
  await lines.return(undefined);
}

/** Starts a process that claims `hashes`, and kills it while it holds the locks. */
async function leaveStaleLocks(root: string, hashes: readonly Hash[]): Promise<void> {
  const victim = startOwner(root);
  await victim.tell({ do: "join", owner: newOwner({ leaseMs: 60_000 }), renewMs: 1000 });
  const outcomes = await victim.tell({ do: "claim", hashes });
  assert(Array.isArray(outcomes) && outcomes.every(({ kind }) => kind === "claimed"));
  await victim.kill();
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Runs four thieves at the same time. Returns what each of them won. */
async function attackAtOnce(root: string, mode: string): Promise<string[][]> {
  const thieves = Array.from(
    { length: THIEVES },
    // Two thieves each start at the same place, so that they compete for every lock.
    (_, index) => startThief([mode, root, String(LOCKS), String((index % 2) * 20)]),
  );
  try {
    for (const thief of thieves) assert.equal(await nextLine(thief), "ready");
    for (const { child } of thieves) await child.stdin.close();
    return await Promise.all(thieves.map(async (thief) => {
      const won: string[] = [];
      for (let line = await nextLine(thief); line !== "done"; line = await nextLine(thief)) won.push(line);
      return won;
    }));
  } finally {
    await Promise.all(thieves.map(end));
  }
}

for (let round = 0; round < amount({ short: 2, long: 12 }); round++) {
  const mode = round % 2 === 0 ? "hold" : "complete";
  Deno.test(`stealing: each of 2,000 stale locks goes to one of four processes (${mode}, round ${round})`, async () => {
    const folder = Deno.makeTempDirSync();
    const root = `${folder}/jugdata`;
    try {
      const hashes = hashesOf(LOCKS);
      await leaveStaleLocks(root, hashes);
      const won = await attackAtOnce(root, mode);
      const all = won.flat();
      assert.deepEqual([all.length, new Set(all).size], [LOCKS, LOCKS]);
      assert.deepEqual(new Set<string>(all), new Set<string>(hashes));
      // The dead process cannot complete any more, and the losers left no states behind.
      assert.equal(namesIn(`${root}/segments`).filter((name) => name.endsWith("~")).length, 1);
      const current = namesIn(`${root}/heads`).map((name) => name.split(".").slice(2).join("."));
      assert.deepEqual(namesIn(`${root}/states`), current.filter((name) => name !== "none").sort());
      const backend = fileBackend({ root });
      assert.equal((await collect(backend.listLocks())).length, mode === "hold" ? LOCKS : 0);
      await backend.close();
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

Deno.test("stealing: a process paused beyond its lease harms no new owner and loses no untaken task", async () => {
  const folder = Deno.makeTempDirSync();
  const root = `${folder}/jugdata`;
  const sleeper = startOwner(root);
  const backend = fileBackend({ root });
  try {
    const [finished, released, failed, completed, untaken] = hashesOf(5);
    assert(finished !== undefined && released !== undefined && failed !== undefined);
    assert(completed !== undefined && untaken !== undefined);
    const taken = [finished, released, failed, completed];
    await sleeper.tell({ do: "join", owner: newOwner({ leaseMs: 900 }), renewMs: 100 });
    const answer = await sleeper.tell({ do: "claim", hashes: [...taken, untaken] });
    assert(Array.isArray(answer));
    const lateLocks = answer.map(lockOf);
    const [lateFinished, lateReleased, lateFailed, lateCompleted, lateUntaken] = lateLocks;
    assert(lateFinished && lateReleased && lateFailed && lateCompleted && lateUntaken);

    const me = newOwner({ leaseMs: 60_000 });
    const member = await backend.join(me);
    const by = { owner: me, thread: 0 };
    const firstLook = await backend.claim(taken, by);
    assert(firstLook.every(({ kind }) => kind === "held"), "a live process keeps its locks");
    sleeper.signal("SIGSTOP");
    const won = new Map<Hash, ClaimOutcome>();
    await until("the lease to run out", async () => {
      const open = taken.filter((hash) => !won.has(hash));
      for (const [index, outcome] of (await backend.claim(open, by)).entries()) {
        const hash = open[index];
        if (hash !== undefined && outcome.kind === "claimed") won.set(hash, outcome);
      }
      return won.size === taken.length ? true : undefined;
    });
    const bytes = new TextEncoder().encode("the new holder's");
    await backend.complete([{ hash: finished, bytes, lock: lockOf(won.get(finished)) }]);

    sleeper.signal("SIGCONT");
    assert.deepEqual(await sleeper.tell({ do: "complete", lock: lateFinished, words: "late" }), ["kept"]);
    await sleeper.tell({ do: "release", lock: lateReleased });
    await sleeper.tell({ do: "fail", lock: lateFailed, words: "late" });
    // The new owner runs other tasks, too. So nothing is taken from it, and its result will count.
    assert.deepEqual(await sleeper.tell({ do: "complete", lock: lateCompleted, words: "late" }), ["lost"]);
    assert.deepEqual(await sleeper.tell({ do: "complete", lock: lateUntaken, words: "untaken" }), ["stored"]);
    const results = await backend.load([finished, completed, untaken]);
    assert.deepEqual(results.map((result) => result && new TextDecoder().decode(result)), [
      "the new holder's",
      undefined,
      "untaken",
    ]);
    const held = new Map((await collect(backend.listLocks())).map(({ hash, token }) => [hash, token]));
    assert.deepEqual(held, new Map([released, failed, completed].map((hash) => [hash, lockOf(won.get(hash)).token])));
    assert.deepEqual(await backend.complete([{ hash: completed, bytes, lock: lockOf(won.get(completed)) }]), [
      "stored",
    ]);
    await sleeper.tell({ do: "leave" });
    assert.deepEqual((await collect(backend.listLocks())).length, 2, "leaving does not touch the locks of others");
    await member.leave();
  } finally {
    await sleeper.kill();
    await backend.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("stealing: what a process claims after it was paused beyond its lease is not claimed by others", async () => {
  const folder = Deno.makeTempDirSync();
  const root = `${folder}/jugdata`;
  const sleeper = startOwner(root);
  const backend = fileBackend({ root });
  try {
    await sleeper.tell({ do: "join", owner: newOwner({ leaseMs: 900 }), renewMs: 100 });
    await sleeper.tell({ do: "claim", hashes: [hashOf(1)] });
    const me = newOwner({ leaseMs: 60_000 });
    const member = await backend.join(me);
    const by = { owner: me, thread: 0 };
    sleeper.signal("SIGSTOP");
    await until(
      "the lease to run out",
      async () => (await backend.claim([hashOf(1)], by))[0]?.kind === "claimed" ? true : undefined,
    );
    sleeper.signal("SIGCONT");
    const claims = await sleeper.tell({ do: "claim", hashes: [hashOf(2)] });
    assert(Array.isArray(claims));
    const lock = lockOf(claims[0]);
    assert.equal((await backend.claim([hashOf(2)], by))[0]?.kind, "held");
    assert.deepEqual(await sleeper.tell({ do: "complete", lock, words: "awake" }), ["stored"]);
    assert.deepEqual((await backend.claim([hashOf(2)], by))[0], { kind: "finished" });
    await member.leave();
  } finally {
    await sleeper.kill();
    await backend.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("stealing: claims, releases, failures and steals by processes that are killed never overlap", async () => {
  const folder = Deno.makeTempDirSync();
  const root = `${folder}/jugdata`;
  const tasks = 5;
  let claimed = 0;
  let stolen = 0;
  const violations: string[] = [];
  const readers: Promise<void>[] = [];
  const fighters: Thief[] = [];

  async function startFighter(): Promise<void> {
    const fighter = startThief(["fight", root, String(tasks)]);
    fighters.push(fighter);
    assert.equal(await nextLine(fighter), "ready");
    await fighter.child.stdin.close();
    readers.push((async () => {
      for await (const line of fighter.lines) {
        if (line === "claimed") claimed++;
        else if (line === "stolen") stolen++;
        else if (line.startsWith("violation")) violations.push(line);
      }
    })());
  }

  try {
    await Promise.all(Array.from({ length: THIEVES }, startFighter));
    // Kill one process after another, each after some hundred claims.
    for (let kills = 0; kills < 12; kills++) {
      const before = claimed;
      await until("some hundred claims", () => Promise.resolve(claimed > before + 300 ? true : undefined));
      const victim = fighters.shift();
      assert(victim !== undefined);
      victim.child.kill("SIGKILL");
      await Promise.all([victim.child.status, startFighter()]);
    }
    for (const { child } of fighters) child.kill("SIGKILL");
    await Promise.all(fighters.map(({ child }) => child.status));
    await Promise.all(readers);
    assert.deepEqual(violations, []);
    assert(claimed > 3000, `${claimed} claims`);
    assert(stolen > 0, "no lock was stolen");

    // Leftovers of the killed processes block nobody.
    const backend = fileBackend({ root });
    const owner = newOwner();
    const member = await backend.join(owner);
    const open = new Set(hashesOf(tasks));
    await until("every task to be free", async () => {
      const outcomes = await backend.claim([...open], { owner, thread: 0 });
      for (const outcome of outcomes) if (outcome.kind === "claimed") open.delete(outcome.lock.hash);
      return open.size === 0 ? true : undefined;
    });
    await member.leave();
    assert.deepEqual(await collect(backend.listLocks()), []);
    await backend.close();
  } finally {
    for (const fighter of fighters) await end(fighter);
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("stealing: no lock is stolen from a live process", async () => {
  const folder = Deno.makeTempDirSync();
  const root = `${folder}/jugdata`;
  const living = startOwner(root);
  const backend = fileBackend({ root });
  try {
    await living.tell({ do: "join", owner: newOwner({ leaseMs: 60_000 }), renewMs: 1000 });
    const lock = await living.tell({ do: "claim", hashes: [hashOf(1)] });
    assert(Array.isArray(lock));
    const owner = newOwner();
    const member = await backend.join(owner);
    for (let look = 0; look < 200; look++) {
      assert.equal((await backend.claim([hashOf(1)], { owner, thread: 0 }))[0]?.kind, "held");
    }
    await living.kill();
    assert.equal((await backend.claim([hashOf(1)], { owner, thread: 0 }))[0]?.kind, "claimed");
    await member.leave();
  } finally {
    await living.kill();
    await backend.close();
    Deno.removeSync(folder, { recursive: true });
  }
});
