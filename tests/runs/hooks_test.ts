import assert from "node:assert/strict";
import {
  execute,
  type ExecutionTally,
  exitAfterTasks,
  exitAfterTime,
  registerHook,
  registerHookOnce,
  TaskGenerator,
} from "jug";
import { executeAll, inSession } from "../support/in_session.ts";
import { withProject } from "../support/project.ts";

function double(n: number): number {
  return 2 * n;
}

Deno.test("hooks are called for tasks with a result, before and after each task runs, and at the end of the run", async () => {
  await inSession(async () => {
    const doubles = TaskGenerator(double);
    const happened: string[] = [];
    registerHook("execute.task-loadable", (task) => void happened.push(`loadable ${task.hash}`));
    registerHook("execute.task-pre-execute", async (task) => {
      happened.push(`before ${task.name} ${await task.canLoad()}`);
    });
    registerHook("execute.task-executed1", async (task) => {
      happened.push(`after ${task.name} ${await task.canLoad()}`);
    });
    let tally: ExecutionTally | undefined;
    registerHook("execute.finished_pre_status", () => void happened.push("pre"));
    registerHook("execute.finished_post_status", (told) => {
      happened.push("post");
      tally = told;
    });
    const two = doubles(1);
    await executeAll();
    assert.deepEqual(happened.splice(0), [
      "before hooks_test.double false",
      "after hooks_test.double true",
      "pre",
      "post",
    ]);
    doubles(two);
    await executeAll();
    assert.equal(happened[0], `loadable ${two.hash}`);
    assert.deepEqual(tally?.tasks.map(({ name, executed, loaded }) => [name, executed, loaded]), [
      ["hooks_test.double", 1, 1],
    ]);
  });
});

Deno.test("a hook may be registered twice, or once per code; an unknown name is refused with the known ones", async () => {
  await inSession(async () => {
    let calls = 0;
    const count = () => void calls++;
    registerHook("execute.task-executed1", count);
    registerHook("execute.task-executed1", count);
    for (let i = 0; i < 4; i++) registerHookOnce("execute.task-executed1", "a code", count);
    registerHookOnce("execute.task-executed1", "another", count);
    TaskGenerator(double)(1);
    await executeAll();
    assert.equal(calls, 4);
    assert.throws(() => registerHook("my_bad_hook" as "execute.task-executed1", count), {
      message:
        /^there is no hook named "my_bad_hook"\n {2}The hooks are execute\.task-loadable, .*finished_post_status$/,
    });
    assert.throws(() => registerHookOnce("bad" as "execute.task-executed1", "x", count), /no hook named "bad"/);
  });
  await inSession(async () => {
    // Hooks of the first session do not apply to another session.
    TaskGenerator(double)(1);
    await executeAll();
  });
});

Deno.test("a hook may end the run but not declare tasks; a hook that throws fails the run, and no result is lost", async () => {
  await inSession(async () => {
    const doubles = TaskGenerator(double);
    [1, 2, 3].map(doubles);
    registerHook("execute.task-executed1", (_, run) => run.stop("enough"));
    assert.equal((await execute()).executed, 1);
    assert.equal((await execute()).executed, 1);
  });
  await inSession(async (session) => {
    const doubles = TaskGenerator(double);
    [1, 2].map(doubles);
    registerHook("execute.task-executed1", () => void doubles(7));
    await assert.rejects(execute(), /a task of hooks_test\.double was declared inside the running task/);
    assert.equal((await session.results?.has([...session.tasks.keys()]))?.size, 1);
  });
});

Deno.test("exitAfterTasks counts from its call, and the lowest limit applies; a value that is not a number is refused", async () => {
  await inSession(async () => {
    const doubles = TaskGenerator(double);
    Array.from({ length: 10 }, (_, i) => doubles(i));
    exitAfterTasks(5);
    exitAfterTasks(3);
    assert.equal((await execute()).executed, 3);
    assert.equal((await execute()).executed, 7);
    assert.throws(() => exitAfterTasks(1.5), /exitAfterTasks\(1\.5\): not a number of tasks/);
    assert.throws(() => exitAfterTime({}), /exitAfterTime\(\{\}\): not a time/);
    assert.throws(() => exitAfterTime({ hours: -1 }), /\): not a time/);
  });
});

const TASKS = `import * as jug from "jug";
import { registerHook, TaskGenerator } from "jug";
const wait = TaskGenerator(async function wait(n: number) { await new Promise((resolve) => setTimeout(resolve, 5)); return n; });
Array.from({ length: 20 }, (_, n) => wait(n));
`;

Deno.test("limits apply to the process, whatever the number of workers, and end the run with status 0", async () => {
  await withProject({
    "tasks.ts": `${TASKS}jug.exitAfterTasks(6);\n`,
    "file.ts": `${TASKS}jug.exitIfFileExists("stop.txt");
registerHook("execute.task-executed1", () => Deno.writeTextFileSync("stop.txt", ""));\n`,
    "time.ts": `${TASKS}jug.exitAfterTime({ seconds: 0 });\n`,
    "when.ts": `${TASKS}jug.exitWhenTrue(async (task) => (await task.value()) === 3);\n`,
  }, async ({ jug, results }) => {
    const tasks = await jug("execute tasks.ts --workers 3");
    assert.equal(tasks.code, 0, tasks.stderr);
    assert.match(tasks.stderr, /stopped, since the task limit is reached/);
    assert.equal(results("tasks.jugdata").length, 6);
    const file = await jug("execute file.ts --workers 2");
    assert.equal(file.code, 0, file.stderr);
    assert.match(file.stderr, /stopped, since the file stop\.txt exists/);
    assert.ok(results("file.jugdata").length < 20);
    const time = await jug("execute time.ts");
    assert.equal(time.code, 0, time.stderr);
    assert.match(time.stderr, /stopped, since the time limit is reached/);
    // One task always runs: otherwise a limit too short for any task would let no run make progress.
    assert.equal(results("time.jugdata").length, 1);
    const when = await jug("execute when.ts");
    assert.equal(when.code, 0, when.stderr);
    assert.match(when.stderr, /stopped, since the jugfile's exitWhenTrue\(\) function returned true/);
    assert.ok(results("when.jugdata").some(({ value }) => value === 3));
  });
});

Deno.test("hooks print in every worker, hooks of the end in one, around the table; timeTasks adds up all workers", async () => {
  await withProject({
    "print.ts": `${TASKS}jug.timeTasks();
registerHook("execute.task-executed1", (task) => console.log("ran", task.name));
registerHook("execute.finished_pre_status", () => console.log("before the table"));
registerHook("execute.finished_post_status", async ({ tasks }) => {
  console.log("after the table", tasks[0]?.executed, await jug.getTasks()[0]?.value());
});
`,
  }, async ({ jug }) => {
    const { code, stdout, stderr } = await jug("execute print.ts --workers 2");
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^ran print\.wait$/gm)?.length, 20);
    assert.match(
      stdout,
      /^before the table\nTask name(.|\n)*\nTotal: +20 +0\b.*\nTimes\n-----\nprint\.wait +0\.0\d\d s \(20 tasks\)\nafter the table 20 0$/m,
    );
    const status = await jug("status print.ts");
    assert.doesNotMatch(status.stdout + status.stderr, /ran|before|after/);
  });
});

Deno.test("a hook that throws ends the run with status 1 and its place, and no result is lost", async () => {
  await withProject({
    "throws.ts": `${TASKS}registerHook("execute.task-executed1", () => {\n  throw new Error("no hook at all");\n});\n`,
    "end.ts": `${TASKS}registerHook("execute.finished_post_status", () => {\n  throw new Error("bad end");\n});\n`,
  }, async ({ jug, results }) => {
    const thrown = await jug("execute throws.ts");
    assert.equal(thrown.code, 1, thrown.stderr);
    assert.match(
      thrown.stderr,
      /^jug: .*: a hook of execute\.task-executed1 threw Error: no hook at all\n {2}Fix the hook.*\n +at .*throws\.ts:6.*\n$/m,
    );
    assert.ok(results("throws.jugdata").length > 0);
    const end = await jug("execute end.ts");
    assert.equal(end.code, 1, end.stderr);
    assert.match(
      end.stderr,
      /a hook of execute\.finished_post_status threw Error: bad end\n {2}Fix.*\n +at .*end\.ts:6/,
    );
    assert.equal(results("end.jugdata").length, 20);
  });
});

Deno.test("a hook of the end that prints and then waits is awaited, in a process of its own too", async () => {
  await withProject({
    "slow.ts": `${TASKS}registerHook("execute.finished_pre_status", async () => {
  console.log("first");
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log("second");
});
`,
  }, async ({ jug }) => {
    for (const options of ["", "--isolate"]) {
      const { code, stdout, stderr } = await jug(`execute slow.ts ${options}`);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /first\nsecond\n(.|\n)*Total:/);
    }
  });
});
