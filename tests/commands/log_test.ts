import assert from "node:assert/strict";
import { type Project, withProject } from "../support/project.ts";

const TALK = `import { TaskGenerator } from "jug";
const say = TaskGenerator(function say(n: number) {
  console.log("number", n);
  console.warn({ n });
  console.table([n]);
  if (n === 2) throw new RangeError("two is too many");
  return n;
});
const mute = TaskGenerator(function mute() {});
const flood = TaskGenerator(function flood() {
  for (let i = 0; i < 20_000; i++) console.log("line " + i);
});
const last = TaskGenerator(function last(n: number) { return n; });
export const said = [0, 1, 2].map((n) => say(n));
mute();
flood();
last(said[2]!);
`;

async function outcome({ jug }: Project, words: string): Promise<[code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await jug(`log talk.ts ${words}`);
  return [code, stdout, stderr];
}

Deno.test("log prints a task's output, by name and index or by hash, for results and failures", () =>
  withProject({ "talk.ts": TALK }, async (project) => {
    await project.jug("execute talk.ts --keep-going --verbose quiet");
    const [code, stdout, stderr] = await outcome(project, "talk.say[1]");
    assert.equal(code, 0);
    assert.match(stdout, /^number 1\n\{ n: 1 \}\n┌.*│ +1 +│\n└[─┴]+┘\n$/s);
    assert.match(stderr, /^talk\.say \([0-9a-f]{8}\) finished at \d{4}-\d\d-\d\dT[\d:.]+Z after [\d.]+ s in \S+\n$/);
    assert.equal((await outcome(project, "say 1"))[1], stdout);

    const [failedCode, failedLog, failure] = await outcome(project, "say[2]");
    assert.equal(failedCode, 0);
    assert.match(failedLog, /^number 2\n/);
    assert.match(failure, /^talk\.say\(2\) \([0-9a-f]{8}\) failed at \d.*Z.*\n/);
    assert.match(failure, /\nRangeError: two is too many\n {4}at say \(.*talk\.ts:6:\d+\)\n$/);

    const [, flood] = await outcome(project, "flood");
    assert.match(flood, /^line 0\nline 1\n.*\n\[… \d+ bytes cut …\]\n.*\nline 19999\n$/s);
    assert.ok(flood.length < 66_000, `${flood.length} characters`);
    assert.deepEqual((await outcome(project, "mute")).slice(0, 2), [0, ""]);
    assert.match((await outcome(project, "mute"))[2], /\nit printed nothing\n$/);

    // If the jugfile does not load, hashes still find the records.
    const hash = /\((\w+)\)/.exec(stderr)?.[1] ?? "";
    project.write("talk.ts", "this is no module (");
    assert.equal((await outcome(project, hash))[1], stdout);
    assert.equal((await outcome(project, hash.toUpperCase()))[1], stdout);
    const failedHash = /\(([0-9a-f]{8})\)/.exec(failure)?.[1] ?? "";
    assert.equal((await outcome(project, failedHash))[1], failedLog);
    assert.equal((await outcome(project, "say[1]"))[0], 3);
  }));

Deno.test("log explains what is wrong if its arguments do not name one task, or if there is no log yet", () =>
  withProject({ "talk.ts": TALK, "two.ts": TWO }, async (project) => {
    const refusals: readonly [words: string, refusal: RegExp][] = [
      ["say", /^jug: there are 3 tasks talk\.say\n {2}Give an index from 0 to 2: 'talk\.say\[0\]' or talk\.say 0\n$/],
      ["say[3]", /^jug: there is no task say\[3\]\n {2}There are 3 of that name, counted from 0\n$/],
      ["sya", /^jug: there is no task sya\n {2}Did you mean say\? There are tasks talk\.say, talk\.mute, /],
      ["say[0] 0", /^jug: "say\[0\] 0" does not name a task\n/],
      ["say one", /^jug: "say one" does not name a task\n/],
      ["fade", /^jug: there is no task fade, and no hash begins with it\n/],
      ["FADE", /^jug: there is no task FADE, and no hash begins with it\n/],
      ["0a1", /^jug: there is no task 0a1, and the beginning of a hash has at least 4 digits\n/],
    ];
    for (const [words, refusal] of refusals) {
      const [code, stdout, stderr] = await outcome(project, words);
      assert.deepEqual([code, stdout], [2, ""], words);
      assert.match(stderr, refusal);
    }
    assert.match((await project.jug("log talk.ts")).stderr, /^jug: no task was named\n/);
    assert.match(
      (await project.jug("log two.ts same")).stderr,
      /^jug: same is ambiguous: it may mean two\.same, two\.other\.same\n/,
    );
    const [code, stdout, stderr] = await outcome(project, "mute");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^jug: \w{8} has no log: it was not run, or its result was removed\n {2}Run `jug execute` first/,
    );
  }));

const TWO = `import { TaskGenerator } from "jug";
TaskGenerator(function same() {})();
TaskGenerator(function same() {}, { name: "other.same" })();
`;
