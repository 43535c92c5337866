import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

const SPEAKING = `import { TaskGenerator } from "jug";
const speak = TaskGenerator(async function speak(n: number) {
  console.count("a");
  console.time("t");
  console.group("group", n);
  await new Promise((resolve) => setTimeout(resolve, 5));
  console.count("a");
  console.log("inside\\nof it");
  console.error("beside it");
  console.table([n]);
  console.group();
  console.dir({ deep: { n } }, { depth: 0 });
  console.groupEnd();
  console.groupEnd();
  console.groupEnd();
  console.timeLog("t", "so far");
  console.timeEnd("t");
  console.timeEnd("t");
  console.assert(n < 0, "%s is not below 0", n);
  console.assert(false);
  console.assert(true, "never said");
  console.countReset("a");
  console.count("a");
  console.count();
  console.countReset("none");
  console.trace("where");
  return n;
});
`;

/** Returns what a task prints. */
function said(n: number): RegExp {
  const lines = [
    "a: 1",
    `group ${n}`,
    "  a: 2",
    "  inside",
    "  of it",
    "  beside it",
    "  ┌─+┬─+┐",
    "  │ .* │",
    "  ├─+┼─+┤",
    `  │ 0 .* ${n} +│`,
    "  └─+┴─+┘",
    "    \\{ deep: \\[Object\\] \\}",
    "t: [\\d.]+ms so far",
    "t: [\\d.]+ms",
    "Timer 't' does not exist",
    `Assertion failed: ${n} is not below 0`,
    "Assertion failed",
    "a: 1",
    "default: 1",
    "Count for 'none' does not exist",
    "Trace: where",
    "    at speak \\(file:///.*/speaking\\.ts:26:11\\)",
  ];
  return new RegExp(`^${lines.join("\n")}\n$`);
}

for (const isolate of ["", " --isolate"]) {
  Deno.test(`every method of the console writes to the log${isolate}, and tasks that run at once do not share its state`, () =>
    withProject({ "speaking.ts": `${SPEAKING}[1, 2, 3].map((n) => speak(n));\n` }, async ({ jug }) => {
      const { code, stdout, stderr } = await jug(`execute speaking.ts --quiet --concurrency 3${isolate}`);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.doesNotMatch(stdout, /a: 1|Assertion|Warning/);
      for (const n of [1, 2, 3]) assert.match((await jug(`log speaking.ts speak ${n - 1}`)).stdout, said(n));
    }));
}

Deno.test("each attempt at a task starts with a new console state", () =>
  withProject({
    "again.ts": `import { TaskGenerator } from "jug";
TaskGenerator(function again() {
  console.count();
  console.group("open");
  throw new Error("no");
}, { retries: 1, backoff: 0 })();
`,
  }, async ({ jug }) => {
    assert.equal((await jug("execute again.ts --quiet")).code, 1);
    const attempt = "default: 1\nopen\n";
    assert.match(
      (await jug("log again.ts again")).stdout,
      new RegExp(`^${attempt}\\[attempt 1 failed.*\\]\n${attempt}$`),
    );
  }));
