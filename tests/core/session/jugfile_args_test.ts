import assert from "node:assert/strict";
import { args, TaskGenerator } from "jug";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { joinParts } from "../../../core/value/byte_parts.ts";
import { decodePayload, encodePayload } from "../../../core/value/payload.ts";
import { formatArguments } from "../../../core/format.ts";
import { withProject } from "../../support/project.ts";

const JUGFILE = `import { args, CompoundTask, noHash, shared, TaskGenerator } from "jug";
const join = TaskGenerator(function join(words: readonly string[], more: { deep: (readonly string[])[] }) {
  return [words, more.deep, Array.isArray(words)];
});
const keep = TaskGenerator(function keep(x: unknown) { return x; });
const all = TaskGenerator(function all() { return { args, map: new Map([["args", args]]) }; });
export const results = [join(args, { deep: [args] }), keep(shared(args)), keep(noHash(args)), keep(new Set([args])), all()];
export const letters = args.map(keep);
export const compound = CompoundTask(function inner(words: readonly string[]) { return [keep(words), words]; }, args);
`;

Deno.test("args as an argument or result is a list of strings, with --workers, --isolate and --debug", async () => {
  await withProject({ "list.ts": JUGFILE }, async ({ jug, results }) => {
    for (const how of ["--workers 2", "--isolate", "--debug"]) {
      const dir = `dir${how.replace(/\W/g, "")}`;
      const run = await jug(`execute list.ts a b --jugdir ${dir} ${how}`);
      assert.equal(run.code, 0, run.stderr);
      const stored = results(dir);
      const of = (name: string) => stored.filter((result) => result.name === `list.${name}`).map(({ value }) => value);
      const list = ["a", "b"];
      assert.deepEqual(of("join"), [[list, [list], true]]);
      assert.deepEqual(of("all"), [{ args: list, map: new Map([["args", list]]) }]);
      assert.deepEqual(of("inner"), [[list, list]]);
      const kept = of("keep").map((one) => Deno.inspect(one)).sort();
      assert.deepEqual(kept, ['"a"', '"b"', 'Set(1) { [ "a", "b" ] }', '[ "a", "b" ]', '[ "a", "b" ]']);
    }
    // A second run finds all results.
    const written = await jug(`execute list.ts a b --jugdir dirworkers2`);
    assert.match(written.stdout, /^Total: +0 +8\b/m);
  });
});

Deno.test("a task declared with args keeps the list of its own session, and hashes like that list", () => {
  const keep = () =>
    TaskGenerator(function keep(x: unknown) {
      return x;
    });
  const session = createSession({ args: ["x"] });
  const [live, deep, written] = runInSession(session, () => {
    const make = keep();
    return [make(args), make({ deep: [args] }), make(["x"])];
  });
  assert.equal(live, written);
  const other = createSession({ args: ["y"] });
  runInSession(other, () => {
    assert.deepEqual([...session.tasks.values()].map((task) => formatArguments(task.args)), [
      "[ 'x' ]",
      "{ deep: [ [ 'x' ] ] }",
    ]);
    const { codec, parts } = encodePayload([args, args, NaN], "m.f");
    assert.deepEqual(decodePayload(codec, joinParts(parts)), [["y"], ["y"], NaN]);
  });
  assert.ok(deep);
});

Deno.test("status and execute report arguments that the jugfile does not read", async () => {
  const head = `import { args, barrier, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
`;
  const sources = {
    "none.ts": `${head}f(1);`,
    "first.ts": `${head}const [n = "1"] = args; f(Number(n));`,
    "all.ts": `${head}args.map(Number).map(f);`,
    "spread.ts": `${head}[...args].map((n) => f(Number(n)));`,
    "shown.ts": `${head}console.log(args); f(1);`,
  };
  await withProject(sources, async ({ jug }) => {
    for (const command of ["status", "execute"]) {
      const none = await jug(`${command} none.ts first.ts --jugdir d`);
      assert.equal(none.code, 0);
      assert.match(none.stderr, /^none\.ts did not read its argument "first\.ts"$/m, command);
      const first = await jug(`${command} first.ts 2 3 4 --jugdir d`);
      assert.match(first.stderr, /^first\.ts did not read its arguments "3", "4"$/m, command);
      for (const name of ["all.ts 2 3", "spread.ts 2 3", "shown.ts 2 3", "first.ts 2", "none.ts"]) {
        assert.doesNotMatch((await jug(`${command} ${name} --jugdir d`)).stderr, /did not read its argument/, name);
      }
    }
  });
});
