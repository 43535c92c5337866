import assert from "node:assert/strict";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { compile } from "../../../commands/shell/input/compile.ts";
import { complete } from "../../../commands/shell/input/complete.ts";
import { openHistory } from "../../../commands/shell/prompt/history.ts";
import { Inputs } from "../../../commands/shell/input/inputs.ts";
import { ReverseSearch } from "../../../commands/shell/prompt/reverse_search.ts";
import { Scope } from "../../../commands/shell/input/scope.ts";
import { type Project, withProject } from "../../support/project.ts";
import { runJug, withoutSlowLoading } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

/** Runs inputs one after the other in a new scope, and returns the result of the last one. */
async function run(...inputs: readonly string[]): Promise<unknown> {
  const scope = new Scope(() => ({ exported: 5 }), { helper: () => "helped" });
  let last: unknown;
  for (const input of inputs) {
    const compiled = await compile(input);
    if (compiled.kind !== "ready") assert.fail(`${input} is ${compiled.kind}`);
    scope.declare(compiled.names);
    last = await compiled.run(scope.object);
  }
  return last;
}

Deno.test("names declared at the prompt are kept, for each kind of declaration", async () => {
  assert.equal(await run("const a = 1, b = 2", "a + b"), 3);
  assert.deepEqual(
    await run("let { x, y: [z = 7, ...rest], ...others } = { x: 1, y: [undefined, 2], w: 3 }", "[x, z, rest, others]"),
    [
      1,
      7,
      [2],
      { w: 3 },
    ],
  );
  assert.equal(await run("function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) }", "f(10)"), 55);
  assert.equal(await run("g(2); function g(n) { return n }"), 2);
  assert.equal(await run("class C { v = 4 }", "new C().v"), 4);
  assert.equal(await run("fresh = 3", "fresh + 1"), 4);
  assert.equal(await run("const later = () => seen", "const seen = 9", "later()"), 9);
  assert.ok(!("fresh" in globalThis), "a name of the prompt became global");
});

Deno.test("await works at the top level, in declarations, loops and expressions", async () => {
  assert.equal(await run("const a = await Promise.resolve(3)", "a + await Promise.resolve(1)"), 4);
  assert.equal(await run("let n = 0", "for (const i of [1, 2]) { n += await Promise.resolve(i) }", "n"), 3);
  assert.equal(await run("(async () => 6)()"), 6);
});

Deno.test("exports and functions are in scope and can be replaced", async () => {
  assert.equal(await run("exported = exported + 1", "exported"), 6);
  assert.equal(await run("helper()"), "helped");
  await assert.rejects(run("nowhere.x"), { name: "ReferenceError", message: "nowhere is not defined" });
  assert.deepEqual(await run("{ a: exported }"), { a: 5 });
  assert.ok(await run("[] instanceof Array && Object.getPrototypeOf({}) === Object.prototype"));
});

/** Whether this Deno can strip types. Without that, the shell refuses TypeScript. */
const hasTypes = "stripTypeScriptTypes" in nodeModule;
const TYPED = {
  unfinished: hasTypes ? ["const f = (n: number): number => {", "interface A { a: number", "const m: Map<string,"] : [],
  wrong: ["let a: = 3", "const a: number = 1 +* 2"],
};

Deno.test("types are stripped from inputs", { ignore: !hasTypes }, async () => {
  assert.equal(await run("const a: number = 4", "(a as number) + 1"), 5);
  assert.equal(await run("function f<T>(x: T): T { return x }", "f<string>('x')"), "x");
  assert.equal(await run("interface A { a: number }"), undefined);
  assert.deepEqual(await run("let { a }: { a: number } = { a: 1 }", "type B = 3; ({ a: a satisfies number })"), {
    a: 1,
  });
  assert.equal(await run("enum Colour { red = 'r', green = 'g' }; Colour.green"), "g");
  assert.equal(await run("const a = 1, b = 2", "a < b && b > (a)"), true);
});

Deno.test("errors show the input's line and the position in it", async () => {
  const inputs = new Inputs();
  const scope = new Scope(() => ({}), {});
  const errorOf = async (text: string): Promise<string> => {
    const input = await inputs.compile(text);
    if (input.kind === "error") return input.text;
    if (input.kind === "incomplete") return assert.fail(text);
    scope.declare(input.names);
    return await input.run(scope.object).then(() => "", (error: unknown) => inputs.errorText(error));
  };
  /** Returns the lines of a message without the stack frames of this test. */
  const blamed = async (text: string) =>
    (await errorOf(text)).split("\n").filter((line) => !line.includes("shell_test"));
  assert.equal(await errorOf("1 + )"), "SyntaxError: Unexpected token\n    1 + )\n        ^");
  assert.equal(
    await errorOf("const x =\n  const"),
    "SyntaxError: Unexpected token\n    line 2:   const\n              ^",
  );
  const oops = "TypeError: Cannot read properties of null (reading 'x')";
  assert.deepEqual(await blamed("null.x"), [oops, "    null.x", "         ^"]);
  assert.deepEqual(await blamed("const a = 1, b = null.x"), [
    oops,
    "    const a = 1, b = null.x",
    `    ${" ".repeat(22)}^`,
  ]);
  assert.deepEqual(await blamed("({ a: 1 }); '素数' + null.x"), [
    oops,
    "    ({ a: 1 }); '素数' + null.x",
    `    ${" ".repeat(26)}^`,
  ]);
  assert.equal(await errorOf("const f = () => {\n  await0();\n  return null.x;\n}"), "");
  assert.deepEqual(await blamed("f = (n) => {\n  if (n) return null.x;\n}; f(1)"), [
    oops,
    "    line 2:   if (n) return null.x;",
    `    ${" ".repeat(29)}^`,
    "    at f (typed here)",
  ]);
  assert.deepEqual(await blamed("f(2)"), [
    oops,
    "    line 2:   if (n) return null.x;",
    `    ${" ".repeat(29)}^`,
    "    at f (typed here)",
  ]);
  if (!hasTypes) return;
  assert.equal(await errorOf("let a: = 3"), "SyntaxError: Unexpected token\n    let a: = 3\n           ^");
  assert.deepEqual(await blamed("const t: string = null.x"), [
    oops,
    "    const t: string = null.x",
    `    ${" ".repeat(23)}^`,
  ]);
});

Deno.test("Ctrl-R finds the latest input that contains the typed text, then older ones", () => {
  const search = new ReverseSearch([
    "primes.length",
    "f = () => {\n  1\n}",
    "primes.slice(3)",
    "primes.length",
    "primes",
  ]);
  const r = { ctrl: true, name: "r" };
  const press = (text: string) => [...text].map((char) => search.press(char, { name: char }));
  assert.equal(search.text, "(reverse-i-search)'': ");
  press("pri");
  assert.equal(search.found, "primes.length");
  press("mes.");
  search.press("\x12", r);
  assert.equal(search.found, "primes.slice(3)");
  search.press("\x12", r);
  assert.equal(search.found, "primes.length", "an older input that equals an earlier match");
  search.press("\x12", r);
  assert.equal(search.found, "primes.length", "the oldest match stays");
  for (let n = 0; n < 7; n++) search.press(undefined, { name: "backspace" });
  assert.equal(search.found, undefined);
  press("=>");
  assert.equal(search.text, "(reverse-i-search)'=>': f = () => { ⏎ 1 ⏎ }");
  press("?");
  assert.equal(search.text, "(failed reverse-i-search)'=>?': ");
  assert.deepEqual(search.press("\r", { name: "return" }), { kind: "taken", isPassed: true });
  assert.deepEqual(search.press("\x1b", { name: "escape" }), { kind: "taken", isPassed: false });
  assert.deepEqual(search.press("\x07", { name: "g", ctrl: true }), { kind: "cancelled" });
});

Deno.test("an input of several lines is one entry of the history", () =>
  withTempDir((folder) => {
    const env = (name: string) => name === "XDG_STATE_HOME" ? folder : undefined;
    const several = 'const f = (n) => {\n  return "\\n" + n;\n}';
    for (const input of ["1 + 1", several, '"quoted"']) openHistory(env).add(input);
    assert.deepEqual(openHistory(env).inputs, ['"quoted"', several, "1 + 1"]);
    Deno.writeTextFileSync(`${folder}/jug/shell_history`, '\\"cut sh\n', { append: true });
    assert.deepEqual(openHistory(env).inputs[0], '\\"cut sh');
    return Promise.resolve();
  }));

Deno.test("an incomplete input is distinguished from a wrong one", async () => {
  for (
    const text of ["f(", "const a =", "`abc", "{ a: 1", "if (x) {", "/* c", "a\n  .map((x) => {", ...TYPED.unfinished]
  ) {
    assert.equal((await compile(text)).kind, "incomplete", text);
  }
  for (const text of ["f)", "const = 1", '"abc', "1 +* 2", "import x from 'y'", "export const a = 1", ...TYPED.wrong]) {
    assert.equal((await compile(text)).kind, "wrong", text);
  }
});

Deno.test("completion knows names, members and indexes, and calls no getter", () => {
  const trap = Object.defineProperty({}, "boom", { get: () => assert.fail("a getter was called") });
  const scope = new Scope(() => ({ primes: [{ canLoad() {}, canRun() {} }], trap, _hidden: 1 }), { print: () => {} });
  assert.deepEqual(complete(scope, "await pri"), [["primes", "print"], "pri"]);
  assert.deepEqual(complete(scope, "f(primes[0].can"), [["canLoad", "canRun"], "can"]);
  assert.deepEqual(complete(scope, "trap."), [["boom"], ""]);
  assert.deepEqual(complete(scope, "trap.boom.x"), [[], "x"]);
  assert.ok(complete(scope, "primes.sl")[0].includes("slice"));
  assert.deepEqual(complete(scope, ""), [["await ", "primes", "print", "trap"].sort(), ""]);
  assert.deepEqual(complete(scope, "nothing.at.all"), [[], "all"]);
});

const JUGFILE = `import { TaskGenerator } from "jug";
export const double = TaskGenerator(function double(n: number) {
  if (n === 13) throw new RangeError("unlucky");
  return 2 * n;
});
export const sum = TaskGenerator(function sum(ns: number[]) {
  return ns.reduce((a, b) => a + b, 0);
});
export const doubled = [1, 2].map(double);
export const total = sum(doubled);
`;

function withDoubles(use: (project: Project) => Promise<void>): Promise<void> {
  return withProject({ "doubles.ts": JUGFILE }, use);
}

/** Returns the exit status and all output of `jug shell -e`. */
async function evaluate({ folder }: Project, expression: string): Promise<string> {
  const args = ["shell", "doubles.ts", "-e", expression];
  const { code, stdout, stderr } = await runJug(args, { cwd: folder });
  return `${code} ${stdout}${stderr}`.trimEnd();
}

Deno.test("shell -e prints one value, with the state of tasks, and exits with 1 if the expression throws", () =>
  withDoubles(async (project) => {
    assert.equal(
      await evaluate(project, "total"),
      "0 Task doubles.sum([ <doubles.double>, <doubles.double> ]) waiting",
    );
    assert.equal(
      await evaluate(project, "await doubled[0].run(); ({ list: doubled, part: total.get(0) })"),
      "0 {\n  list: [ Task doubles.double(1) finished, Task doubles.double(2) ready ],\n" +
        "  part: Tasklet doubles.sum.get(0) waiting\n}",
    );
    assert.equal(await evaluate(project, "'as it is'"), "0 as it is");
    assert.equal(await evaluate(project, "undefined"), "0");
    assert.match(await evaluate(project, "value(total)"), /^1 jug: doubles\.sum \(\w+\) has no result\n/);
    assert.equal(
      await evaluate(project, "null.x"),
      "1 jug: TypeError: Cannot read properties of null (reading 'x')\n    null.x\n         ^",
    );
    assert.equal(
      await evaluate(
        project,
        "void Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done)); 3",
      ),
      "0 3\nError: lost\n    void Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done)); 3\n" +
        `    ${" ".repeat(20)}^\n  (nobody awaits or catches this)`,
    );
    assert.match(await evaluate(project, "value("), /^2 jug: the expression of --eval is incomplete\n/);
  }));

Deno.test("the shell's functions find tasks by name and state, run, describe and invalidate them with dependents", () =>
  withDoubles(async (project) => {
    const { code, stderr } = await project.jug("execute doubles.ts");
    assert.equal(code, 0, stderr);
    const counts = "({ all: getTasks().length, doubles: getTasks('double').length, " +
      "ready: (await getFilteredTasks({ ready: true })).length, " +
      "loadable: (await getFilteredTasks({ loadable: true })).length, " +
      "waitingOrFailed: (await getFilteredTasks({ waiting: true, failed: true })).length })";
    assert.equal(
      await evaluate(project, counts),
      "0 { all: 3, doubles: 2, ready: 0, loadable: 3, waitingOrFailed: 0 }",
    );
    assert.equal(await evaluate(project, "invalidate(doubled[1])"), "0 2");
    assert.equal(
      await evaluate(project, counts),
      "0 { all: 3, doubles: 2, ready: 1, loadable: 1, waitingOrFailed: 1 }",
    );
    assert.equal(
      await evaluate(
        project,
        "[await doubled[1].canRun(), await total.canRun(), await doubled[0].canLoad(), doubled[0].f(4)]",
      ),
      "0 [ true, false, true, 8 ]",
    );
    assert.equal(await evaluate(project, "await double(50).run()"), "0 100", "a task declared at the prompt");
    assert.equal(await evaluate(project, "double(50)"), "0 Task doubles.double(50) finished");
    assert.match(
      await evaluate(project, "double(13).run()"),
      /^1 jug: RangeError: unlucky\n +at double .*doubles\.ts:3/,
    );
    assert.match(await evaluate(project, "describe(doubled[0])"), /name: "doubles\.double"/);
    assert.match(
      await evaluate(project, "getTasks('trouble')"),
      /^1 jug: no task matches trouble\n {2}Did you mean double\? There are tasks doubles\./,
    );
    assert.match(await evaluate(project, "getFilteredTasks({ done: true })"), /has no filter done/);
    assert.match(await evaluate(project, "invalidate(7)"), /was given no task/);
  }));

/** Starts a shell that reads from a pipe. */
function spawnShell(folder: string, ...words: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...words],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Enters these lines and closes the input. Returns exit status, stdout and stderr of the shell. */
async function enterAll(shell: Deno.ChildProcess, ...lines: readonly string[]): Promise<[number, string, string]> {
  const input = shell.stdin.getWriter();
  await input.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  await input.close();
  const { code, stdout, stderr } = await shell.output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), withoutSlowLoading(decoder.decode(stderr))];
}

Deno.test("the shell reads a program from a pipe, one input after the other", () =>
  withDoubles(async ({ folder }) => {
    const shell = spawnShell(folder, "--allow-read", CLI, "shell", "doubles.ts");
    const lines = ["const f = (n) => {", "  return n + 1;", "}", "f(1)", "nope", "_ + 1", "doubled[0]"];
    assert.deepEqual(await enterAll(shell, ...lines), [
      0,
      "2\n3\nTask doubles.double(1) ready\n",
      "ReferenceError: nope is not defined\n    nope\n    ^\n",
    ]);
  }));

Deno.test("uncaught errors and values that cannot be shown are reported, and the shell continues", () =>
  withDoubles(async ({ folder }) => {
    const shell = spawnShell(folder, "--allow-read", CLI, "shell", "doubles.ts");
    const heard = (event: string) => `const heard = new Promise((done) => addEventListener("${event}", done));`;
    const lost = `${heard("unhandledrejection")} void Promise.reject(new RangeError("lost")); (await heard).type`;
    const late = `${heard("error")} setTimeout(() => { throw new TypeError("late"); }, 1); (await heard).type`;
    const shy = 'new Proxy({}, { ownKeys() { throw new Error("shy"); } })';
    const pointed = (line: string, part: string) => `    ${line}\n    ${" ".repeat(line.indexOf(part))}^\n`;
    assert.deepEqual(
      await enterAll(
        shell,
        lost,
        late,
        shy,
        "doubled[0]",
        'void Deno.permissions.revokeSync({ name: "read" })',
        "doubled[0]",
        "1 + 1",
      ),
      [
        0,
        '"unhandledrejection"\n"error"\nTask doubles.double(1) ready\n2\n',
        `RangeError: lost\n${pointed(lost, "new RangeError")}  (nobody awaits or catches this)\n` +
        `TypeError: late\n${pointed(late, "new TypeError")}  (nobody awaits or catches this)\n` +
        `Error: shy\n${pointed(shy, "new Error")}    at ownKeys (typed here)\n` +
        'jugdir "doubles.jugdata": Deno refuses read access to "doubles.jugdata": add the flag --allow-read=doubles.jugdata\n',
      ],
    );
  }));
