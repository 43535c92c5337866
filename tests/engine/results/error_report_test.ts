import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { JugError } from "../../../core/errors.ts";
import { errorText, reportError, userFrames } from "../../../engine/results/error_report.ts";
import { copyFolder } from "../../support/copy_folder.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const OURS = new URL("../../../engine/worker/worker.ts", import.meta.url).href;

Deno.test("only frames of user code are shown, in every form that V8 writes", () => {
  const user = [
    "at isPrime (file:///home/ann/primes.ts:7:9)",
    "at file:///home/ann/primes.ts:12:1",
    "at Object.get [as value] (file:///home/ann/a%20b.ts:3:4)",
    "at async file:///home/ann/primes.ts:14:3",
    "at new Point (https://example.com/point.ts:1:2)",
    "at Object.<anonymous> (/home/ann/built.js:1:2)",
    "at file:///home/ann/my project/primes (old).ts:12:1",
    "at async file:///home/ann/pa(/r)/primes.ts:14:3",
    "at async Object.get [as value] (file:///home/ann/pa(r) t/v#1?.ts:3:4)",
    "at new Point (https://example.com/my points.ts?v=1:1:2)",
    "at eval (eval at make (file:///home/ann/a b.ts:1:2), <anonymous>:3:4)",
  ];
  const foreign = [
    `at Worker.#runOne (${OURS}:5:6)`,
    `at async ${OURS}:9:9`,
    "at AsyncLocalStorage.run (ext:deno_node/async_hooks.ts:1:1762)",
    "at node:internal/process:1:2",
    "at Array.map (<anonymous>)",
    "at async Promise.all (index 0)",
    `at eval (eval at compile (${OURS}:5:6), <anonymous>:3:4)`,
  ];
  const lines = [...user, ...foreign].map((frame) => `    ${frame}`);
  assert.deepEqual(
    userFrames(["Error: at home (not a frame)", "    at /dev/disk 3 is no room", ...lines].join("\n")),
    user,
  );
});

Deno.test("frames of the library are left out wherever the library is installed", async () => {
  await withTempDir(async (folder) => {
    // V8 does not escape these characters in stack lines, while import.meta.url contains them escaped.
    const library = `${folder}/josé's (new) lib #1 100%`;
    await Deno.mkdir(library);
    for (const name of ["core", "engine"]) {
      copyFolder(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), `${library}/${name}`);
    }
    await Deno.writeTextFile(`${library}/engine/thrower.ts`, "export const call = (fn: () => void) => fn();\n");
    await Deno.writeTextFile(
      `${library}/user.ts`,
      `import { call } from "./engine/thrower.ts";
import { reportError } from "./engine/results/error_report.ts";
try {
  call(function thrown() {
    throw new Error("x");
  });
} catch (error) {
  console.log(JSON.stringify(reportError(error).frames));
}
`,
    );
    const run = new Deno.Command(Deno.execPath(), { args: ["run", "--no-lock", "--no-config", `${library}/user.ts`] });
    const { stdout, stderr } = await run.output();
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
      `at thrown (file://${library}/user.ts:5:11)`,
      `at file://${library}/user.ts:4:3`,
    ], new TextDecoder().decode(stderr));
  });
});

Deno.test("a report contains name, message, cause and frames of the error", () => {
  const report = reportError(new TypeError("bad", { cause: new RangeError("worse") }));
  assert.deepEqual([report.name, report.message, report.remedy], [
    "TypeError",
    "bad (caused by RangeError: worse)",
    undefined,
  ]);
  assert.match(report.frames[0] ?? "", /^at .*error_report_test\.ts:\d+:\d+\)?$/);
  assert.match(errorText(report), /^TypeError: bad \(caused by RangeError: worse\)\n {4}at .*error_report_test\.ts/);
});

Deno.test("an error of jug is shown with its message and remedy, without a class name", () => {
  const report = reportError(new JugError("usage", "what happened", { remedy: "Do this", cause: new Error("deep") }));
  assert.deepEqual([report.message, report.remedy], ["what happened\n  Do this", "Do this"]);
  assert.match(errorText(report), /^what happened\n {2}Do this\n {4}at /);
});

Deno.test("the error of a module shows its frame once, without colours", () => {
  const error = new TypeError(
    'Module not found "\x1b[36mfile:///b.ts\x1b[0m".\n    at \x1b[36mfile:///home/a.ts\x1b[0m:2:8',
  );
  error.stack = `TypeError: ${error.message}`;
  assert.equal(
    errorText(reportError(error)),
    'TypeError: Module not found "file:///b.ts".\n    at file:///home/a.ts:2:8',
  );
  const syntax = new TypeError("SyntaxError: Expression expected\n    at file:///home/a.ts:3:3");
  syntax.stack = `TypeError: ${syntax.message}`;
  assert.equal(errorText(reportError(syntax)), "SyntaxError: Expression expected\n    at file:///home/a.ts:3:3");
});

Deno.test("a thrown value that is not an error is shown as a value", () => {
  assert.equal(reportError("stop").message, "stop was thrown, which is not an Error");
  assert.equal(reportError({ code: 7 }).message, "{ code: 7 } was thrown, which is not an Error");
  assert.equal(reportError(undefined).message, "undefined was thrown, which is not an Error");
});
