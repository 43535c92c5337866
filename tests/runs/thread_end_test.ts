import assert from "node:assert/strict";
import { openSession } from "jug";
import { watchEnd } from "../../engine/threads/thread_end.ts";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { withProject } from "../support/project.ts";

const HEAD = `import { TaskGenerator } from "jug";\n`;
const SOURCES = {
  "load.ts": `${HEAD}close();\n`,
  "task.ts": `${HEAD}const f = TaskGenerator(function f(n: number) {
  if (n === 2) self.close();
  return n;
});
[1, 2, 3].map(f);
`,
  "timer.ts": `${HEAD}const f = TaskGenerator(async function f(n: number) {
  setTimeout(() => close(), 1);
  await new Promise(() => {});
  return n;
});
f(1);
`,
};

for (const isolate of ["", " --isolate"]) {
  Deno.test(`close() in a jugfile, a task or its timer ends the run, names its place and leaves no lock${isolate}`, async () => {
    await withProject(SOURCES, async ({ jug, leftovers }) => {
      for (const [name, line] of [["load", 2], ["task", 3], ["timer", 3]]) {
        const { code, stderr } = await jug(`execute ${name}.ts${isolate}`);
        assert.equal(code, 1, stderr);
        assert.match(
          stderr,
          new RegExp(`^jug: close\\(\\) was called at .*${name}\\.ts:${line}: the run was ended`, "m"),
        );
        assert.deepEqual(await leftovers(`${name}.jugdata`), NOTHING);
      }
    });
  });
}

Deno.test("close() in a jugfile that is only inspected is an error with its place, not a success", async () => {
  await withProject(SOURCES, async ({ jug, folder }) => {
    const { code, stderr } = await jug("check load.ts");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^jug: load\.ts could not be loaded\n {2}close\(\) was called at .*load\.ts:2\n$/);
    const checked = await jug("execute load.ts --debug");
    assert.match(checked.stderr, /close\(\) was called at .*load\.ts:2/);
    Deno.writeTextFileSync(`${folder}/ends.js`, "close();\n");
    await assert.rejects(openSession({ jugfile: `${folder}/ends.js`, jugdir: "memory:" }), {
      kind: "jugfile",
      message: /close\(\) was called at .*ends\.js:1/,
    });
  });
});

/** Starts a thread that keeps the lifeline's port, and runs the code `what` when it gets another message. */
function thread(what: string): Worker {
  const code = `onmessage = ({ data }) => {
    if (data.kind === "lifeline") self.kept = data.port;
    else { ${what} }
  };`;
  return new Worker(`data:application/javascript,${encodeURIComponent(code)}`, { type: "module" });
}

Deno.test("the end of a thread is detected, however it ended; a busy thread is not considered ended", async () => {
  for (const what of ["close();", "Deno.exit(1);"]) {
    const worker = thread(what);
    const { promise, resolve } = Promise.withResolvers<void>();
    watchEnd(worker, resolve);
    worker.postMessage({});
    // The watch alone does not keep the program running.
    const pending = setInterval(() => {}, 1000);
    await promise;
    clearInterval(pending);
    worker.terminate();
  }
  const busy = thread("for (const end = Date.now() + 500; Date.now() < end;); postMessage('done');");
  let isTold = false;
  const endWatch = watchEnd(busy, () => isTold = true);
  const done = new Promise((resolve) => busy.onmessage = resolve);
  busy.postMessage({});
  await done;
  endWatch();
  busy.terminate();
  assert.equal(isTold, false);
});
