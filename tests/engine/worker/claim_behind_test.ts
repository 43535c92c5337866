import assert from "node:assert/strict";
import fc from "npm:fast-check@4";
import { type Task, TaskGenerator } from "jug";
import type { Backend, Claimant, Completion } from "../../../backends/backend.ts";
import type { Hash } from "../../../core/brand.ts";
import { decodeRecord, encodeRecord } from "../../../core/value/record.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { SessionResults } from "../../../engine/inspect/session_results.ts";
import { Store } from "../../../engine/results/store.ts";
import { Worker } from "../../../engine/worker/worker.ts";
import { collect, newOwner } from "../../backends/backend_contract.ts";
import { Place } from "../../support/file/file_place.ts";

/** What a worker asked of its backend. */
interface Calls {
  readonly claims: (readonly Hash[])[];
  readonly completions: (readonly Completion[])[];
}

/** Runs what `declare` declares with a worker on a folder. Returns its calls and the values. */
async function runIn(
  place: Place,
  declare: () => void,
  change: (backend: Backend, calls: Calls) => Partial<Backend> = () => ({}),
): Promise<Calls & { readonly values: readonly unknown[]; readonly failures: number }> {
  const calls = { claims: new Array<readonly Hash[]>(), completions: new Array<readonly Completion[]>() };
  const opened = place.open();
  const backend: Backend = {
    ...opened,
    claim(hashes: readonly Hash[], claimant: Claimant) {
      calls.claims.push(hashes);
      return opened.claim(hashes, claimant);
    },
    complete(items: readonly Completion[]) {
      calls.completions.push(items);
      return opened.complete(items);
    },
  };
  Object.assign(backend, change({ ...backend }, calls));
  const session = createSession();
  runInSession(session, declare);
  const store = new Store(backend);
  session.results = new SessionResults(session, store);
  const owner = newOwner({ leaseMs: 60_000 });
  const membership = await backend.join(owner);
  let failures = 0;
  const worker = new Worker({
    session,
    store,
    claimant: { owner, thread: 0 },
    options: {
      target: undefined,
      workers: 1,
      concurrency: 1,
      pool: undefined,
      keepGoing: true,
      keepFailed: false,
      waitLimitMs: 10_000,
      taskBudget: undefined,
      deadline: undefined,
      stopFiles: [],
    },
    report: (message) => void (message.kind === "failed" && failures++),
    now: Date.now,
  });
  await runInSession(session, () => worker.run(undefined));
  const hashes = [...session.tasks.keys()];
  const loaded = await store.load(hashes);
  const values = hashes.map((hash) => {
    const one = loaded.get(hash);
    return one?.kind === "found" ? one.value : undefined;
  });
  assert.deepEqual(await collect(backend.listLocks()), []);
  await membership.leave();
  return { ...calls, values, failures };
}

/** Declares a chain of tasks: each adds one to the value of the one before. */
function chain(length: number, act: (n: number) => void = () => {}): () => void {
  return () => {
    const next = TaskGenerator(function next(before: number, n: number) {
      act(n);
      return before + 1;
    });
    let last = next(0, 0);
    for (let n = 1; n < length; n++) last = next(last, n);
  };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1);
}

Deno.test("short tasks of a chain are claimed together, and their results are stored together", async () => {
  await using place = new Place();
  const { claims, completions, values } = await runIn(place, chain(300));
  assert.deepEqual(values, numbers(300));
  assert.ok(claims.some((hashes) => hashes.length > 50), `claims of ${claims.map(({ length }) => length)}`);
  assert.ok(completions.some((items) => items.filter(({ isBasedOnOthers }) => isBasedOnOthers).length > 20));
  assert.ok(
    completions.every(([first]) => first?.isBasedOnOthers !== true),
    "the first one is based on stored results",
  );
});

Deno.test("if a task fails, those behind it are given back and wait", async () => {
  await using place = new Place();
  const ran: number[] = [];
  const fail = (n: number) => {
    ran.push(n);
    if (n === 200) throw new Error("no");
  };
  const { values, failures } = await runIn(place, chain(300, fail));
  assert.equal(failures, 1);
  assert.deepEqual(ran, [...numbers(200).map((n) => n - 1), 200]);
  assert.deepEqual(values, [...numbers(200), ...new Array(100).fill(undefined)]);
});

Deno.test("tasks run behind several that they need, whatever the shape of the graph", async () => {
  await using place = new Place();
  const { values } = await runIn(place, () => {
    const leaf = TaskGenerator(function leaf(n: number) {
      return n;
    });
    const add = TaskGenerator(function add(...ns: number[]) {
      return ns.reduce((sum, n) => sum + n, 0);
    });
    const leaves = numbers(200).map((n) => leaf(n));
    const sum = add(...leaves);
    for (const n of numbers(200)) add(sum, leaf(n));
  });
  const sum = 200 * 201 / 2;
  assert.deepEqual(values, [...numbers(200), sum, ...numbers(200).map((n) => n + sum)]);
});

Deno.test("a task behind one that another process holds waits for it", async () => {
  await using place = new Place();
  const other = place.open();
  const owner = newOwner({ leaseMs: 60_000 });
  await other.join(owner);
  let hasHeld = false;
  const { values } = await runIn(place, chain(200), (backend) => ({
    async claim(hashes, claimant) {
      const middle = hashes[Math.floor(hashes.length / 2)];
      if (hasHeld || middle === undefined || hashes.length < 20) return await backend.claim(hashes, claimant);
      hasHeld = true;
      const [held] = await other.claim([middle], { owner, thread: 0 });
      assert(held?.kind === "claimed");
      const outcomes = await backend.claim(hashes, claimant);
      await other.release([held.lock]);
      return outcomes;
    },
  }));
  assert.ok(hasHeld);
  assert.deepEqual(values, numbers(200));
});

Deno.test("if the claims of a batch are lost, its results count together or not at all, and the tasks run again", async () => {
  await using place = new Place();
  const other = place.open();
  const counts = new Map<number, number>();
  const count = (n: number) => void counts.set(n, (counts.get(n) ?? 0) + 1);
  let lost = 0;
  const { values } = await runIn(place, chain(300, count), (backend) => ({
    async complete(items) {
      if (lost > 0 || items.length < 20) return await backend.complete(items);
      lost = items.length;
      // As a user who states that nothing is running. This closes the segment of the claims.
      await other.removeLocks(items.map(({ hash }) => hash));
      const outcomes = await backend.complete(items);
      assert.deepEqual(outcomes, ["stored", ...new Array(lost - 1).fill("lost")]);
      return outcomes;
    },
  }));
  assert.ok(lost >= 20);
  assert.deepEqual(values, numbers(300));
  assert.ok([...counts.values()].filter((times) => times === 2).length >= lost - 1);
});

interface Stored {
  readonly id: string;
  readonly inputs: readonly string[];
}

function isStored(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && "id" in value && "inputs" in value;
}

/** Stores a result with the same inputs and another id. */
async function storeAnother(backend: Backend, { hash, bytes }: Completion): Promise<void> {
  const record = decodeRecord(bytes);
  assert(record.kind === "valid" && isStored(record.value));
  const value = { ...record.value, id: "another" };
  const other = encodeRecord({ type: "result", value, meta: record.meta, label: "another" });
  assert.deepEqual(await backend.complete([{ hash, bytes: other, lock: undefined }]), ["stored"]);
}

Deno.test("whatever claims are lost, each stored result was computed from the stored results of its inputs", async () => {
  const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 2, maxLength: 80 });
  const losses = fc.array(fc.nat({ max: 12 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(graph, losses, async (edges, losses) => {
      await using place = new Place();
      const other = place.open();
      const inputsOf = edges.map((list, n) => n === 0 ? [] : list.map((edge) => edge % n));
      let calls = 0;
      const { values } = await runIn(place, () => {
        const node = TaskGenerator(function node(n: number, ...inputs: Stored[]): Stored {
          return { id: `${n} ${crypto.randomUUID()}`, inputs: inputs.map(({ id }) => id) };
        });
        const nodes: Task<Stored>[] = [];
        for (const [n, inputs] of inputsOf.entries()) nodes.push(node(n, ...inputs.flatMap((i) => nodes[i] ?? [])));
      }, (backend) => ({
        async complete(items) {
          if (losses.includes(calls++)) {
            // As a user who states that nothing is running. This closes the segment of the claims.
            await other.removeLocks(items.map(({ hash }) => hash));
            // Then another process is faster with the first of the tasks, and gets another result.
            const [first] = items;
            if (first !== undefined) await storeAnother(other, first);
          }
          return await backend.complete(items);
        },
      }));
      const stored = values.map((value) => isStored(value) ? value : assert.fail("a task has no result"));
      for (const [n, { inputs }] of stored.entries()) {
        assert.deepEqual(inputs, inputsOf[n]?.map((i) => stored[i]?.id), `inputs of ${n}`);
      }
    }),
    { numRuns: 200 },
  );
});
