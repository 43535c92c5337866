/**
 * Checks what the types accept and refuse.
 *
 * Functions whose names begin with `_` are never called: the compiler checks them. An `@ts-expect-error` is an error
 * itself if the compiler accepts the next line.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CompoundTaskGenerator } from "../../core/declare/compound.ts";
import { identity } from "../../core/declare/identity.ts";
import { TaskGenerator } from "../../core/declare/task.ts";
import { tasklet } from "../../core/declare/tasklet.ts";
import type {
  AnyTask,
  GeneratorOf as Generator,
  NoHash,
  NoLoad,
  Task,
  TaskArg,
  Tasklet,
  ValueOf,
} from "../../core/types.ts";
import { bvalue, value } from "../../core/session/value.ts";
import { secret } from "../../core/declare/secret.ts";
import { noHash, shared } from "../../core/declare/wrappers.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;

/** Compiles only if both types are the same. */
function same<A, B>(..._differs: Equal<A, B> extends true ? [] : [never]): void {}

/** Compiles only if the value has exactly the type `Expected`. */
function is<Expected>() {
  return <Actual>(_actual: Actual, ..._differs: Equal<Actual, Expected> extends true ? [] : [never]): void => {};
}

/** Compiles only if the value is neither of type `any` nor a task of `any`. */
function isNotAny<T>(_x: T, ..._any: IsAny<T> extends true ? [never] : IsAny<ValueOf<T>> extends true ? [never] : []) {}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label?: string;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface Tree {
  readonly size: number;
  readonly children: readonly Tree[];
}

class Temperature {
  #kelvin = 0;
  readonly unit = "K";
  kelvin(): number {
    return this.#kelvin;
  }
}

class Sealed {
  readonly open = 1;
  private readonly hidden = 2;
  static sum(sealed: Sealed): number {
    return sealed.open + sealed.hidden;
  }
}

const isPrime = TaskGenerator(async function isPrime(n: number) {
  return await Promise.resolve(n > 1);
});
const add = TaskGenerator(function add(a: number, b: number) {
  return a + b;
});

function _plainArguments(n: Task<number>, s: Task<string>, seven: Task<7>, maybe: Task<number | undefined>) {
  is<Task<boolean>>()(isPrime(7));
  isPrime(n);
  isPrime(seven);
  isPrime(tasklet(s, (text) => text.length));
  // @ts-expect-error: a string is not a number
  isPrime("7");
  // @ts-expect-error: a task of a string is not a number either
  isPrime(s);
  // @ts-expect-error: the result may be undefined
  isPrime(maybe);
  // @ts-expect-error: an argument is missing
  isPrime();
  // @ts-expect-error: one argument too many
  isPrime(7, 8);
  // @ts-expect-error: a forgotten await
  isPrime(Promise.resolve(7));
  // @ts-expect-error: the function itself takes numbers only
  isPrime.f(n);
  is<Promise<boolean>>()(isPrime.f(7));
  is<string>()(isPrime.taskName);
}

function _secrets(n: Task<number>) {
  const login = TaskGenerator(function login(user: string, options: { word: string; tries?: number }) {
    return user + options.word;
  }, { secretArguments: [false, true] });
  login(secret("ann"), { word: secret("x"), tries: 3 });
  login("ann", secret({ word: "x" }));
  login("ann", secret(shared({ word: "x" })));
  login("ann", { word: secret(noHash("x")) });
  login("ann", { word: noHash(secret("x")) });
  add(secret(n), secret(1));
  // @ts-expect-error: a secret string is no number
  add(secret("1"), 1);
  // @ts-expect-error: nor is a secret in another wrapper
  add(secret(noHash("1")), 1);
  // @ts-expect-error: a secret is not the value
  secret("x").length;
  const f = (x: string) => x;
  // @ts-expect-error: a list of booleans, not of numbers
  TaskGenerator(f, { secretArguments: [1] });
}

function _mapping(ns: readonly number[], tasks: Task<number>[]) {
  is<Task<boolean>[]>()(ns.map(isPrime));
  is<Task<boolean>[]>()(tasks.map(isPrime));
  // @ts-expect-error: these are strings
  ["2", "3"].map(isPrime);
  const verbose = TaskGenerator((n: number, options?: { verbose?: boolean }) => `${n} ${options?.verbose}`, {
    name: "verbose",
  });
  // @ts-expect-error: the index is not an options object
  ns.map(verbose);
}

function _nesting(n: Task<number>, s: Task<string>, part: Tasklet<number>, p: Task<Point>) {
  const sum = TaskGenerator(function sum(ns: number[]) {
    return ns.length;
  });
  is<Task<number>>()(sum([n, 3, part]));
  sum([1, 2]);
  sum(identity([n, 3]));
  // @ts-expect-error: one element is a string
  sum([n, s]);
  // @ts-expect-error: a forgotten await in an element
  sum([Promise.resolve(3)]);
  // @ts-expect-error: a number is not an array
  sum(n);

  const frozen = TaskGenerator(function frozen(ns: readonly number[]) {
    return ns;
  });
  const ones: readonly (number | Task<number>)[] = [1, n];
  is<Task<readonly number[]>>()(frozen(ones));
  // @ts-expect-error: the function may change its array
  sum(ones);

  const norm = TaskGenerator(function norm(point: Point) {
    return point.x;
  });
  norm({ x: n, y: 3 });
  norm({ x: n, y: part, label: s });
  norm(p);
  const fixed: Point = { x: 1, y: 2 };
  norm(fixed);
  // @ts-expect-error: y is missing
  norm({ x: n });
  // @ts-expect-error: x is a number
  norm({ x: s, y: 3 });
  // @ts-expect-error: there is no z
  norm({ x: n, y: 3, z: 4 });
  // @ts-expect-error: a forgotten await
  norm({ x: Promise.resolve(1), y: 3 });

  const deep = TaskGenerator(function deep(x: { rows: { at: Point; tags: string[] }[] }) {
    return x;
  });
  is<Task<{ rows: { at: Point; tags: string[] }[] }>>()(
    deep({ rows: [{ at: { x: n, y: 1 }, tags: [s, "b"] }, { at: p, tags: ["a"] }] }),
  );
  // @ts-expect-error: a tag is a string
  deep({ rows: [{ at: p, tags: [n] }] });
}

function _tasksAreNoPlainData(n: Task<number>, s: Task<string>) {
  const named = TaskGenerator(function named(x: { name: string }) {
    return x.name;
  });
  named({ name: s });
  // @ts-expect-error: a task has a name, but its result has none
  named(n);
  const object = TaskGenerator(function object(x: object) {
    return x;
  });
  object([1]);
  // @ts-expect-error: the result is not an object
  object(n);
}

function _tuples(n: Task<number>, s: Task<string>) {
  const pair = TaskGenerator(function pair(x: readonly [name: string, size?: number, ...rest: boolean[]]) {
    return x;
  });
  pair([s, n]);
  pair([s]);
  pair(["a", 1, true, isPrime(2)]);
  // @ts-expect-error: the elements are in the wrong order
  pair([n, s]);
  // @ts-expect-error: the first element is missing
  pair([]);
}

function _parameters(n: Task<number>, s: Task<string>, maybe: Task<number | undefined>) {
  const f = TaskGenerator(function f(name: string, size = 3, ...flags: boolean[]) {
    return { name, size, flags };
  });
  is<Task<{ name: string; size: number; flags: boolean[] }>>()(f(s));
  f("a", n);
  f("a", undefined);
  f("a", maybe);
  f(s, n, true, isPrime(2));
  // @ts-expect-error: a flag is a boolean
  f(s, n, n);
  const none = TaskGenerator(function none() {});
  is<Task<void>>()(none());
  is<Task<void>>()(TaskGenerator(async function later() {})());
}

function _unions(n: Task<number>, s: Task<string>, either: Task<string | number>, size: Task<"big">) {
  const f = TaskGenerator(function f(x: number | string) {
    return x;
  });
  f(n);
  f(s);
  f(either);
  is<Task<string | number>>()(f(3));
  // @ts-expect-error: the result may be a string
  isPrime(either);
  const flag = TaskGenerator(function flag(x: boolean) {
    return x;
  });
  flag(isPrime(3));
  const choose = TaskGenerator(function choose(x: "big" | "small") {
    return x;
  });
  choose("small");
  choose(size);
  // @ts-expect-error: no such size
  choose("large");
  // @ts-expect-error: it may be any string
  choose(s);
  const shape = TaskGenerator(function shape(x: { kind: "dot" } | { kind: "ring"; radius: number } | undefined) {
    return x;
  });
  shape({ kind: "ring", radius: n });
  shape({ kind: "dot" });
  shape(undefined);
  // @ts-expect-error: the radius is a number
  shape({ kind: "ring", radius: s });
  // @ts-expect-error: the radius is missing
  shape({ kind: "ring" });
  const list = TaskGenerator(function list(x: number[] | string) {
    return x;
  });
  list(s);
  list([n, 3]);
}

function _optionalProperties(n: Task<number>, maybe: Task<number | undefined>) {
  const f = TaskGenerator(function f(x: { size?: number; age?: number | undefined }) {
    return x;
  });
  f({});
  f({ size: n });
  f({ size: 3, age: undefined });
  f({ age: maybe });
  // @ts-expect-error: the property is a number or missing
  f({ size: undefined });
  // @ts-expect-error: a task of undefined is not a missing property
  f({ size: maybe });
}

function _records(n: Task<number>, s: Task<string>, map: Task<Map<string, number>>, plain: Record<string, number>) {
  const record = TaskGenerator(function record(x: Record<string, number>) {
    return x;
  });
  record({ a: n, b: 3 });
  record(plain);
  // @ts-expect-error: the value must be a number
  record({ a: s });
  const mapped = TaskGenerator(function mapped(x: Map<string, number>) {
    return x.size;
  });
  mapped(map);
  mapped(new Map([["a", 1]]));
  // @ts-expect-error: tasks in a Map are not replaced
  mapped(new Map([["a", n]]));
  const set = TaskGenerator(function set(x: Set<number>) {
    return x;
  });
  // @ts-expect-error: nor are tasks in a Set
  set(new Set([n]));
}

function _instances(n: Task<number>, date: Task<Date>, bytes: Task<Uint8Array>) {
  const f = TaskGenerator(function f(at: Date, _bytes: Uint8Array, _t: Temperature) {
    return at;
  });
  f(date, bytes, new Temperature());
  f(new Date(0), new Uint8Array(1), identity(new Temperature()));
  // @ts-expect-error: not an instance
  f(date, bytes, { unit: "K", kelvin: () => 3 });
  same<Extract<TaskArg<Sealed>, { readonly open: unknown }>, Sealed>();
  const open = TaskGenerator(function open(x: Sealed) {
    return Sealed.sum(x);
  });
  open(new Sealed());
  // @ts-expect-error: tasks in a class instance are not replaced
  open({ open: n, hidden: n });
}

function _unknownParameters(n: Task<number>) {
  const f = TaskGenerator(function f(x: unknown, ys: unknown[], o: { z: unknown }) {
    return [x, ys, o];
  });
  is<Task<unknown[]>>()(f(n, [n, "a"], { z: [n] }));
  f(undefined, n.value.length > 0 ? [] : [1], { z: null });
  same<TaskArg<unknown>, unknown>();
}

function _recursiveTypes(n: Task<number>, json: Json, taskOfJson: Task<Json>, tree: Tree, date: Task<Date>) {
  const f = TaskGenerator(function f(x: Json): Json {
    return x;
  });
  is<Task<Json>>()(f(json));
  f(taskOfJson);
  f([1, { a: [n, { b: taskOfJson }] }]);
  f([[[[[[[["far down"]]]]]]]]);
  // @ts-expect-error: a Date is not Json
  f([date]);
  const grow = TaskGenerator(function grow(x: Tree): Tree {
    return x;
  });
  grow(tree);
  grow({ size: n, children: [tree, grow(tree), { size: 1, children: [] }] });
  // @ts-expect-error: the size is a number
  grow({ size: 1, children: [{ size: "a", children: [] }] });
}

function _generics(n: Task<number>, s: Task<string>, strings: Task<string[]>) {
  const first = TaskGenerator(function first<T>(xs: T[]): T {
    const [x] = xs;
    if (x === undefined) throw new Error("no elements");
    return x;
  });
  is<Task<number>>()(first([1, 2]));
  is<Task<number>>()(first([n]));
  is<Task<number>>()(first([n, 2]));
  is<Task<string>>()(first(strings));
  is<Task<string | number>>()(first([n, s]));
  // @ts-expect-error: not an array
  first(3);
  const pair = TaskGenerator(async function pair<K extends string, V>(k: K, v: V): Promise<[K, V]> {
    return await Promise.resolve([k, v]);
  });
  is<Task<["a", number]>>()(pair("a", n));
  is<Task<[string, { x: number }]>>()(pair(s, { x: n }));
  // @ts-expect-error: K is a string
  pair(n, 3);
  const longest = TaskGenerator(function longest<T extends { length: number }>(a: T, b: T): T {
    return a.length > b.length ? a : b;
  });
  is<Task<string>>()(longest(s, s));
  // @ts-expect-error: a number has no length
  longest(n, n);
  const keep = TaskGenerator(function keep<T extends { id: number }>(x: T): T {
    return x;
  });
  is<Task<{ id: number; tag: string }>>()(keep(identity({ id: 1, tag: "a" })));
  is<Task<{ id: number }>>()(keep({ id: n }));
  const take = TaskGenerator(function take<T>(xs: T[], size = 3): T[] {
    return xs.slice(0, size);
  });
  is<Task<number[]>>()(take([n, 2], n));
  const count = TaskGenerator(function count<T>(xs: T[]): number {
    return xs.length;
  });
  is<Task<number>>()(count([n, "a"]));
}

function _overloads() {
  function twice(x: string): string;
  function twice(x: number): number;
  function twice(x: number | string): number | string {
    return typeof x === "number" ? 2 * x : x + x;
  }
  is<Task<number>>()(TaskGenerator(twice)(3));
  // @ts-expect-error: only the last overload counts
  TaskGenerator(twice)("a");
}

function _wrapped(s: Task<string>, words: Task<string[]>, callback: NoHash<() => void>, task: NoLoad<Task<number>>) {
  const find = TaskGenerator(function find(x: string[], i: number) {
    return x[i];
  });
  is<Task<string | undefined>>()(find(shared(words), 0));
  find(shared(["a"]), 0);
  find(shared([s]), 0);
  find([shared(s)], 0);
  // @ts-expect-error: not strings
  find(shared([1]), 0);
  const call = TaskGenerator(function call(f: () => void, t: Task<number>) {
    return [f.name, t.name];
  });
  call(callback, task);
  // @ts-expect-error: a task without noLoad is loaded, so the function would get a number
  call(callback, add(1, 2));
}

function _parts(
  task: Task<{ scores: number[]; pair: [string, number]; byName: Map<string, Date>; opt?: number; u: 1 | "a" }>,
  union: Task<{ kind: "a"; a: number } | { kind: "b"; b: string }>,
  nothing: Task<Point | undefined>,
) {
  is<Tasklet<number[]>>()(task.get("scores"));
  is<Tasklet<number>>()(task.get("scores").get(0));
  is<Tasklet<number>>()(task.get("scores").get("length"));
  is<Tasklet<string>>()(task.get("pair").get(0));
  is<Tasklet<number>>()(task.get("pair").get(1));
  is<Tasklet<Date | undefined>>()(task.get("byName").get("x"));
  is<Tasklet<1 | "a">>()(task.get("u"));
  isPrime(task.get("pair").get(1));
  is<Tasklet<"a" | "b">>()(union.get("kind"));
  // @ts-expect-error: no such key
  task.get("score");
  // @ts-expect-error: the tuple has two elements
  task.get("pair").get(2);
  // @ts-expect-error: the key is a string
  task.get("byName").get(3);
  // @ts-expect-error: only one member of the union has this key
  union.get("a");
  // @ts-expect-error: the result may be undefined, which has no properties
  nothing.get("x");
  // @ts-expect-error: the property may be missing
  isPrime(task.get("opt"));
}

function _covariance(seven: Task<7>, point: Task<Point & { z: number }>) {
  const wider: Task<number> = seven;
  const anything: AnyTask[] = [wider, point];
  const flat: Task<Point> = point;
  // @ts-expect-error: not every number is 7
  const narrower: Task<7> = wider;
  // @ts-expect-error: a tasklet is not a task
  const notTask: Task<number> = point.get("z");
  return [anything, flat, narrower, notTask];
}

async function _values(n: Task<number>, s: Task<string>, part: Tasklet<Date>, x: unknown, json: Json, point: Point) {
  is<number>()(await value(n));
  is<Date>()(await value(part));
  is<boolean[]>()(await value([2, 3].map(isPrime)));
  is<[number, number]>()(await value([n, 3]));
  is<[number, string, Date]>()(await value([n, s, part]));
  is<{ x: number }>()(await value({ x: n }));
  is<{ x: number; ys: (string | number)[] }>()(await value({ x: n, ys: [s, n] }));
  is<[number]>()(await bvalue([n]));
  is<number>()(await bvalue(n));
  is<unknown>()(await value(x));
  is<Json>()(await value(json));
  is<void>()(await value(TaskGenerator(function none() {})()));
  same<ValueOf<readonly Task<number>[]>, readonly number[]>();
  same<ValueOf<[a: Task<number>, b?: Task<string>, ...rest: Task<boolean>[]]>, [number, string?, ...boolean[]]>();
  same<ValueOf<{ readonly a?: Task<number> }>, { readonly a?: number }>();
  same<ValueOf<Task<number> | Task<string>[] | undefined>, number | string[] | undefined>();
  same<ValueOf<{ a: { b: [Task<number>] }[] }>, { a: { b: [number] }[] }>();
  same<ValueOf<Date>, Date>();
  same<ValueOf<Map<string, Task<number>>>, Map<string, Task<number>>>();
  same<ValueOf<Temperature>, Temperature>();
  same<ValueOf<Sealed>, Sealed>();
  same<ValueOf<Uint8Array>, Uint8Array>();
  same<ValueOf<() => Task<number>>, () => Task<number>>();
  same<ValueOf<"a" | 1 | null>, "a" | 1 | null>();
  same<ValueOf<Point>, { readonly x: number; readonly y: number; readonly label?: string }>();
  const same_: Point = await value(point);
  const tree = await value({ size: 1, children: [{ size: 2, children: [] }] } satisfies Tree);
  const treeAgain: Tree = tree;
  is<Task<{ a: number }>>()(identity({ a: n }));
  return [same_, treeAgain];
}

function _nothingIsAny(n: Task<number>, s: Task<string>) {
  isNotAny(isPrime(n));
  isNotAny(add(1, n));
  isNotAny(identity(n));
  isNotAny(TaskGenerator(<T>(x: T) => x, { name: "same" })(n));
  isNotAny(TaskGenerator(<T, U>(x: T, f: U[]): [T, U[]] => [x, f], { name: "two" })(n, [s]));
  isNotAny(TaskGenerator(JSON.stringify)(n));
  isNotAny(n.get("toFixed"));
  isNotAny(isPrime.f);
  isNotAny(n.f);
  isNotAny(n.value());
}

function _generators() {
  is<Generator<(a: number, b: number) => number>>()(add);
  is<Generator<(n: number) => Promise<boolean>>>()(isPrime);
  TaskGenerator(isPrime.f, { name: "again", version: 2 });
  // @ts-expect-error: no such option
  TaskGenerator(isPrime.f, { nam: "again" });
  // @ts-expect-error: not a function
  TaskGenerator(3);
  CompoundTaskGenerator(isPrime.f, { name: "again", version: 2 });
  // @ts-expect-error: a compound task is not run like other tasks, so it has no time limit
  CompoundTaskGenerator(isPrime.f, { timeout: 1 });
}

/** Without exactOptionalPropertyTypes (Deno's default), an optional property, or a task for it, may be `undefined`. */
const LOOSE_PROJECT = `
import { type Task, TaskGenerator } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
export function use(maybe: Task<number | undefined>) {
  const f = TaskGenerator((x: { size?: number }) => x, { name: "f" });
  f({ size: undefined });
  f({ size: maybe });
  // @ts-expect-error: the result may be undefined
  TaskGenerator((x: number) => x, { name: "g" })(maybe);
  // @ts-expect-error: the result may be undefined
  const sure: Task<number> = maybe;
  return sure;
}
`;

async function check(...args: string[]): Promise<{ success: boolean; errors: string }> {
  const command = new Deno.Command(Deno.execPath(), { args: ["check", ...args], env: { NO_COLOR: "1" } });
  const { success, stderr } = await command.output();
  return { success, errors: new TextDecoder().decode(stderr) };
}

/** Type-checks `text` as a separate program, in a folder with `files`. */
async function checkText(
  text: string,
  compilerOptions: Record<string, boolean>,
  files: Record<string, string> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, content);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ compilerOptions }));
    await Deno.writeTextFile(`${folder}/main.ts`, text);
    return await check("--config", `${folder}/deno.json`, `${folder}/main.ts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("this file passes the type check, even if tests are run without one", async () => {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { success, errors } = await check("--config", config, fileURLToPath(import.meta.url));
  assert.ok(success, errors);
});

Deno.test("the types work in a project without exactOptionalPropertyTypes", async () => {
  const { success, errors } = await checkText(LOOSE_PROJECT, { strict: true });
  assert.ok(success, errors);
});

Deno.test("the error about a wrong argument names the expected type", async () => {
  const types = JSON.stringify(new URL("../../core/types.ts", import.meta.url).href);
  const { success, errors } = await checkText(
    `import type { GeneratorOf } from ${types};
export function use(isPrime: GeneratorOf<(n: number) => boolean>) {
  isPrime("7");
}`,
    { strict: true },
  );
  assert.equal(success, false);
  assert.match(errors, /Argument of type 'string' is not assignable to parameter of type 'TaskArg<number>'/);
});

Deno.test("the types of two copies of the library are the same", async () => {
  const copy: Record<string, string> = {};
  for (const name of ["brand.ts", "self_valued.ts", "types.ts"]) {
    copy[name] = await Deno.readTextFile(new URL(`../../core/${name}`, import.meta.url));
  }
  const ours = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);
  const { success, errors } = await checkText(
    `import type * as Ours from ${ours};
import type * as Theirs from "./types.ts";
export function use(
  isPrime: Ours.GeneratorOf<(n: number) => boolean>,
  value: typeof Ours.value,
  n: Theirs.Task<number>,
  s: Theirs.Task<string>,
  point: Theirs.Task<{ x: number }>,
) {
  isPrime(n);
  // @ts-expect-error: the other copy's task of a string
  isPrime(s);
  // @ts-expect-error: the other copy's task of a number
  const other: Ours.Task<string> = n;
  const ours: Ours.Task<{ x: number }> = point;
  const part: Theirs.Tasklet<number> = ours.get("x");
  const values: Promise<[number, { x: number }]> = value([n, point]);
  return [other, part, values];
}`,
    { strict: true },
    copy,
  );
  assert.ok(success, errors);
});
