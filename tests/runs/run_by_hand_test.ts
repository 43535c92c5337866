import assert from "node:assert/strict";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { withProject } from "../support/project.ts";

const JUGFILE = `import { CachedFunction, taskContext, TaskGenerator } from "jug";
export const stuck = TaskGenerator(async function stuck() {
  console.log("begun");
  const { signal } = taskContext();
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
}, { timeout: 100 })();
export const flaky = TaskGenerator(async function flaky() {
  const { attempt, log } = taskContext();
  console.log("attempt", attempt);
  log.error("100%d");
  if (attempt < 3) throw new RangeError("not yet");
  return await Promise.resolve(attempt);
}, { retries: 2, backoff: 1 })();
export const after = TaskGenerator(function after(n: unknown) { return n; })(stuck);
function seven() { console.log("counting"); return 6 + taskContext().attempt; }
export const sevens = await CachedFunction(seven);
`;

Deno.test("a task run by hand has its timeout, its retries, its context and its log", () =>
  withProject({ "hand.ts": JUGFILE }, async ({ jug, leftovers }) => {
    const shell = (expression: string) => jug(`shell hand.ts -e ${expression}`);
    const flaky = await shell("flaky.run()");
    assert.equal(flaky.stdout, "attempt 1\nattempt 2\nattempt 3\n3\n");
    const retries = [1, 2].map((n) => `attempt ${n} failed (RangeError: not yet), the next one follows in ${n} ms`);
    assert.equal(
      flaky.stderr,
      `counting\n100%d\nhand.flaky(): ${retries[0]}\n100%d\nhand.flaky(): ${retries[1]}\n100%d\n`,
    );
    assert.equal((await jug("value hand.ts sevens")).stdout, "7\n");
    const stuck = await shell("stuck.run()");
    assert.deepEqual([stuck.code, stuck.stdout], [1, "begun\n"]);
    assert.match(stuck.stderr, /^jug: TimeoutError: it took longer than its timeout of 100 ms$/m);
    assert.match((await shell("after.run()")).stderr, /^jug: hand\.stuck \(\w{8}\) has no result\n/);

    const logOf = async (name: string) => {
      const { stdout, stderr } = await jug(`log hand.ts ${name}`);
      return [stdout, stderr];
    };
    const [log, where] = await logOf("flaky");
    assert.equal(log, `attempt 1\n100%d\n[${retries[0]}]\nattempt 2\n100%d\n[${retries[1]}]\nattempt 3\n100%d\n`);
    assert.match(where ?? "", /^hand\.flaky \(\w{8}\) finished at .* in \S+:\d+\.0\n$/);
    assert.equal((await logOf("seven"))[0], "counting\n");
    // The failure is recorded like one of `execute`, and no lock remains.
    assert.match((await logOf("stuck")).join(""), /^begun\nhand\.stuck\(\) \(\w{8}\) failed at .*\nTimeoutError: /);
    assert.match((await jug("failures hand.ts")).stdout, /^1 × TimeoutError: it took longer/);
    assert.deepEqual(await leftovers("hand.jugdata"), NOTHING);
  }));

Deno.test("when a script runs a task, exactly what the task prints is shown and kept", () =>
  withProject({
    "own.ts": `import { execute, isJugRunning, taskContext, TaskGenerator } from "jug";
const talk = TaskGenerator(async function talk() {
  const { attempt, log } = taskContext();
  console.log("attempt", attempt);
  log.warn("in the log");
  await Promise.resolve();
  if (attempt === 1) throw new Error("again");
}, { retries: 1, backoff: 1 });
talk();
if (!isJugRunning()) {
  console.log("before");
  await execute();
  console.log("after");
}
`,
  }, async ({ script, jug }) => {
    const retry = "attempt 1 failed (Error: again), the next one follows in 1 ms";
    assert.deepEqual(await script("own.ts"), {
      code: 0,
      stdout: "before\nattempt 1\nattempt 2\nafter\n",
      stderr: `in the log\nown.talk(): ${retry}\nin the log\n`,
    });
    const { stdout } = await jug("log own.ts talk");
    assert.equal(stdout, `attempt 1\nin the log\n[${retry}]\nattempt 2\nin the log\n`);
  }));
