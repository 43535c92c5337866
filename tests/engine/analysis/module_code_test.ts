import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ModuleCode } from "../../../engine/analysis/code/module_code.ts";

const root = new URL("../../../", import.meta.url);

/** Returns the modules of some folders: real TypeScript of many kinds. */
function modulesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [...Deno.readDirSync(new URL(folder, root))].filter(({ name }) => name.endsWith(".ts")).map(({ name }) =>
      `${folder}${name}`
    )
  );
}

function parsed(path: string, source: string): ModuleCode {
  const code = ModuleCode.parse(path, source);
  assert.ok(code !== undefined, `${path} cannot be parsed`);
  return code;
}

Deno.test("each function that the runtime returns is found in the TypeScript that it was made from", async () => {
  let count = 0;
  for (
    const path of modulesIn("core/", "core/value/", "core/session/", "core/declare/", "backends/", "engine/results/")
  ) {
    const url = new URL(path, root);
    const code = parsed(path, Deno.readTextFileSync(fileURLToPath(url)));
    const exports: Record<string, unknown> = await import(url.href);
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value !== "function" || /^class\b/.test(String(value))) continue;
      count++;
      assert.ok(code.findFunction(String(value)) !== undefined, `${path}: ${name}`);
      assert.deepEqual(code.exports.get(name), { local: name });
    }
  }
  assert.ok(count > 100, `${count} functions`);
});

Deno.test("every module of jug can be parsed", () => {
  const paths = modulesIn(
    "engine/api/",
    "engine/run/",
    "engine/worker/",
    "commands/cli/",
    "commands/shell/",
    "tests/support/",
  );
  for (const path of paths) parsed(path, Deno.readTextFileSync(new URL(path, root)));
});

/** Returns the shapes of the pieces. */
function shapesOf(source: string, path = "x.ts"): string[] {
  return parsed(path, source).pieces.map(({ shape }) => shape);
}

const SAME: readonly (readonly [typed: string, plain: string])[] = [
  [
    "function f(this: X, a?: number, b: string = 'x'): asserts a is number { return (a as any)! }",
    'function f(a, b = "x") { return a; }',
  ],
  [
    "interface I { a: number } type T = I; export type { T }; const a: T = { a: 1 } as const satisfies I;",
    "const a = { a: 1 };",
  ],
  ["function over(a: string): void; function over(a: unknown) { }", "function over(a) {}"],
  [
    "abstract class C<T> extends D<T> implements I { private readonly x?: number = 1; declare y: string; abstract m(): void; [k: string]: unknown; n<U>(a?: U) { return f<U>(a); } }",
    "class C extends D { x = 1; n(a) { return f(a); } }",
  ],
  [
    "declare const v: number; declare global { interface Window {} } declare module 'x' {} const w = v;",
    "const w = v;",
  ],
  [
    "const a = b?.c!.d?.(1)!; (x as any) = 3; for (const [p] of q as [number][]) p satisfies number;",
    "const a = b?.c.d?.(1); x = 3; for (const [p] of q) p;",
  ],
  ["const z = a<number>; const fn = <T,>(x: T) => x; let y!: string; ;", "const z = a; const fn = (x) => x; let y;"],
];
const OTHER: readonly (readonly [string, string])[] = [
  ["enum A { x = 1 }", "enum A { x = 2 }"],
  ["namespace N { export const a = 1; }", "namespace N { export const a = 2; }"],
  ["class P { constructor(private a: number) {} }", "class P { constructor(a: number) {} }"],
  ["const a = b?.c;", "const a = b.c;"],
  ["class X { static m() {} }", "class X { m() {} }"],
  ["import fs = require('a');", "import fs = require('b');"],
  ["@one class X {}", "@two class X {}"],
  ["const a = null;", "const a = undefined;"],
  ["const a = [1, , 2];", "const a = [1, 2];"],
];

Deno.test("types are no code, and all else is", () => {
  for (const [typed, plain] of SAME) assert.deepEqual(shapesOf(typed), shapesOf(plain, "x.js"), typed);
  for (const [one, other] of OTHER) assert.notDeepEqual(shapesOf(one), shapesOf(other), one);
  assert.ok(ModuleCode.parse("x.tsx", "const a = <p>{b}</p>;")?.pieces[0]?.references.names.has("b"));
  assert.equal(ModuleCode.parse("x.ts", "const = 1"), undefined);
  assert.equal(ModuleCode.parse("x.cjs", "exports.a = 1"), undefined);
});

Deno.test("imports of types are no imports, and an import without names is one for what it does", () => {
  const code = parsed(
    "x.ts",
    `import type { A } from "./a.ts"; import { type B } from "./b.ts"; import { type C, c } from "./c.ts";
    import "./d.ts"; import e, * as f from "./e.ts"; export { type G } from "./g.ts"; export { h as i } from "./h.ts";
    export * from "./j.ts"; export * as k from "./k.ts"; export default class { }`,
  );
  assert.deepEqual([...code.imports.keys()], ["c", "e", "f"]);
  assert.deepEqual([code.effects, code.stars], [["./d.ts"], ["./j.ts"]]);
  assert.deepEqual([...code.exports.keys()], ["i", "k", "default"]);
});

Deno.test("the pieces of a name are its declaration, what changes its value, and calls of functions that do", () => {
  const code = parsed(
    "x.ts",
    `const table = new Map<string, number>(), other = 1;
    function fill() { table.set("a", 1); }
    function read() { return table.get("a"); }
    fill();
    await read();
    table.forEach((n) => console.log(n));
    Object.assign(table, { more: 1 });
    let count = 0;
    const next = () => count++;
    const shadow = () => { const table = []; table.push(1); };
    const list = [3, 1], sorted = list.sort();`,
  );
  const textsOf = (name: string) => code.piecesOf(name).map(({ text }) => text.split(/[ (]/).slice(0, 2).join(" "));
  assert.deepEqual(
    textsOf("table"),
    ["const table", "function fill", "Object.assign table,", "fill )"].map((text) => text.replace("fill )", "fill );")),
  );
  assert.deepEqual(textsOf("count"), ["let count", "const next"]);
  assert.deepEqual(code.piecesOf("list").map(({ names }) => names), [["list"], ["sorted"]]);
});

Deno.test("members of a name are told from the name itself; variables of a function around are noticed", () => {
  const code = parsed(
    "x.ts",
    `import * as s from "./s.ts"; import * as t from "./t.ts";
    function make(k: number) { return function inner(n: number) { return s.mean(n) + s["sum"](n) + k; }; }
    function outer(n: number) { return [t, t.x, new Worker(new URL("./w.ts", import.meta.url)), import("./i.ts"), n]; }`,
  );
  const inner = code.findFunction(`function inner(n) {\n  return s.mean(n) + s["sum"](n) + k;\n}`);
  assert.deepEqual([...inner?.references.names ?? []], [["s", new Set(["mean", "sum"])]]);
  assert.equal(inner?.references.isEnclosed, true);
  const outer = code.pieces[1]?.references;
  assert.deepEqual([outer?.names.get("t"), outer?.modules, outer?.isEnclosed], ["whole", ["./w.ts", "./i.ts"], false]);
});
