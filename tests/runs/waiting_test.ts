import assert from "node:assert/strict";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { type Note, withScene } from "../support/campaign/watch.ts";

/** Returns the processor time that a process has used, including its threads, in milliseconds. */
function processorMs(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The second field, the program's name, may contain blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The unit is a tick of the kernel's clock: a hundredth of a second on every Linux.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

Deno.test({
  name: "an `execute` that waits for another process's long task uses under 2 % of a core",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await withScene(async (scene) => {
      const working = scene.hold(["async:t"]);
      await scene.begun("t");
      const waiting = scene.hold(["async:t"]);
      await waiting.saw("waiting for 1 that others run");
      const start = performance.now();
      const before = processorMs(waiting.pid);
      // A fixed time is needed here, since the use per time is measured.
      await new Promise((resolve) => setTimeout(resolve, 8000));
      const share = (processorMs(waiting.pid) - before) / (performance.now() - start);
      assert(share < 0.02, `${(share * 100).toFixed(1)} % of a core`);
      scene.letEnd("t");
      for (const { code, stderr } of await Promise.all([working.result, waiting.result])) assert.equal(code, 0, stderr);
      console.log(`      ${(share * 100).toFixed(1)} % of a core`);
    });
  },
});

/** Returns for each task made ready by another process the time until it began, in milliseconds, sorted. */
function delays(notes: readonly Note[], rounds: number): number[] {
  const find = (event: string, id: string) => notes.find((note) => note.event === event && note.id === id);
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const made = find("end", `${round}-start`);
    for (const side of ["left", "right"]) {
      const began = find("begin", `${round}-${side}`);
      assert(made !== undefined && began !== undefined);
      if (began.pid !== made.pid) found.push(began.time - made.time);
    }
  }
  return found.sort((one, other) => one - other);
}

Deno.test("a task starts within 50 ms of its last dependency being stored by another process", async () => {
  await withScene(async (scene) => {
    const { notes, read } = scene;
    const rounds = 20;
    const runs = [1, 2].map(() => scene.start("relay.ts", [notes, `${rounds}`, "100"]));
    for (const { code, stderr } of await Promise.all(runs.map(({ result }) => result))) assert.equal(code, 0, stderr);
    const found = delays(read(), rounds);
    // Each process normally takes one task of each pair, except while the processes start.
    assert(found.length >= 10, `only ${found.length} went to the other process`);
    const median = found[Math.floor(found.length / 2)];
    assert(median !== undefined && median < 50, `median ${median} ms of ${found}`);
    console.log(`      median ${median} ms, longest ${found.at(-1)} ms, of ${found.length}`);
  });
});

for (const limits of [["--nr-wait-cycles", "2", "--wait-cycle-time", "0.2"], ["--idle", "400ms"]]) {
  Deno.test(`\`execute\` gives up after ${limits.join(" ")}, reports what was not run and why, and exits with 1`, async () => {
    await withScene(async (scene) => {
      const tasks = ["async:t", "async:u<t", "async:w<u"];
      const working = scene.hold(tasks);
      await scene.begun("t");
      const { code, stderr } = await scene.hold(tasks, limits).result;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^jug: holds\.hold\('t'\) was not run: held by \S+$/m);
      assert.match(
        stderr,
        /^jug: 2 tasks holds\.hold, .*, were not run: needs holds\.hold, which another process holds$/m,
      );
      assert.match(stderr, /^jug: gave up waiting .*--nr-wait-cycles/m);
      assert.equal((await scene.locks()).length, 1, "the lock of the other process is still there");
      for (const name of ["t", "u", "w"]) scene.letEnd(name);
      assert.equal((await working.result).code, 0);
    });
  });
}

Deno.test("a worker does not give up waiting for a task that another worker of its process runs", async () => {
  await withScene(async (scene) => {
    const tasks = ["async:t", "async:u<t", "async:v<t"];
    const jug = scene.hold(tasks, ["--workers", "2", "--nr-wait-cycles", "0"]);
    await scene.begun("t");
    await jug.saw("0 of 3 finished");
    scene.letEnd("t");
    // Both begin at the same time, so both workers are still there.
    await Promise.all([scene.begun("u"), scene.begun("v")]);
    scene.letEnd("u");
    scene.letEnd("v");
    const { code, stderr } = await jug.result;
    assert.equal(code, 0, stderr);
  });
});

Deno.test("`execute --keep-going` runs tasks that need no failed task, reports what was not run and why, and exits with 1", async () => {
  await withScene(async (scene) => {
    scene.letEnd("v");
    const tasks = ["fail:t", "async:u<t", "async:w<u", "async:v"];
    const { code, stderr } = await scene.hold(tasks, ["--keep-going"]).result;
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^jug: holds\.fail\('t'\) failed\n {2}RangeError: t cannot be done\n {4}at fail .*holds\.ts:\d+:\d+/m,
    );
    assert.match(stderr, /^jug: 2 tasks holds\.hold, .*, were not run: needs holds\.fail, which failed$/m);
    assert.equal((await scene.results()).length, 1);
    assert.deepEqual(await scene.leftovers(), NOTHING);
  });
});

Deno.test("`execute` does not wait once a task that all others need has failed elsewhere", async () => {
  await withScene(async (scene) => {
    scene.letEnd("v");
    const tasks = ["async:v", "async:t", "async:u<t"];
    const working = scene.hold(tasks, ["--keep-going"]);
    await scene.begun("t");
    const waiting = scene.hold(tasks, ["--keep-going"]);
    await waiting.saw("waiting for 1 that others run");
    scene.letEnd("t.fails");
    const runs = await Promise.all([working.result, waiting.result]);
    for (const { code, stderr } of runs) {
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^jug: holds\.hold\('u', .*\) was not run: needs holds\.hold, which failed$/m);
    }
  });
});
