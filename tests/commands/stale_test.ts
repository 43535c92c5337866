import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Project, withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import type { RunOptions } from "../support/run_jug.ts";
import { serveCheckout } from "../support/web_server.ts";

const E = `import { TaskGenerator } from "jug";
import { prepare } from "./prep.ts";
import * as stats from "./lib/stats.ts";
import settings from "./settings.json" with { type: "json" };
const near = TaskGenerator(function near(n: number) { return prepare(n); });
const far = TaskGenerator(function far(n: number) { return prepare(n, true); });
const mean = TaskGenerator(function mean(n: number) { return stats.mean([n, 1]); });
const data = TaskGenerator(function data(n: number) { return n * settings.factor; });
const alone = TaskGenerator(function alone(n: number) { return n; });
export const all = [1, 2].map((n) => [near(n), far(n), mean(n), data(n), alone(n)]);
const total = TaskGenerator(function total(ns: number[]) { return ns.length; });
export const sum = total([near(1), near(2)]);
`;
const PREP = `import { normalise } from "./lib/helpers.ts";
/** Prepares. */
export function prepare(n: number, isFar = false): number {
  return isFar ? normalise(n) + offset : normalise(n);
}
const offset: number = 1;
export function unused() { return 1; }
`;
const HELPERS = `export const normalise = (x: number): number => x / scale;
const scale = 2;
export const other = () => scale;
`;
const STATS = `export function mean(ns: number[]): number { return ns.reduce((a, b) => a + b, 0) / ns.length; }
export function median(ns: number[]): number { return ns[0] ?? 0; }
`;
const SOURCES = { "e.ts": E, "prep.ts": PREP, "settings.json": `{ "factor": 2 }` };

function withSources(use: (project: Project) => Promise<void>, sources = SOURCES): Promise<void> {
  return withProject(sources, async (project) => {
    Deno.mkdirSync(`${project.folder}/lib`);
    project.write("lib/helpers.ts", HELPERS);
    project.write("lib/stats.ts", STATS);
    await use(project);
  });
}

interface Listed {
  readonly name: string;
  readonly results: number;
  readonly states: readonly {
    readonly state: string;
    readonly results: number;
    readonly changes: readonly {
      readonly kind: string;
      readonly module: string | null;
      readonly name: string | null;
      readonly through: readonly string[];
      readonly was: string | null;
      readonly is: string | null;
    }[];
    readonly reasons: readonly string[];
  }[];
}

async function listed({ jug }: Project, words = "e.ts", options: RunOptions = {}): Promise<Listed[]> {
  const { code, stdout, stderr } = await jug(`stale ${words} --json`, options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).functions;
}

/** Returns the states by the function's own name: `stale prep.ts: prepare`, `unknown …`. */
async function statesOf(project: Project, words?: string, options?: RunOptions): Promise<Record<string, string>> {
  const found = await listed(project, words, options);
  return Object.fromEntries(found.map(({ name, states }) => [
    name.replace(/^.*\./, ""),
    states.map(({ state, changes, reasons }) =>
      [state, ...changes.map(({ kind, module, name }) => module === null ? kind : `${module}: ${name}`), ...reasons]
        .join(" ")
    ).sort().join(" | "),
  ]));
}

async function runs({ jug }: Project, words: string, options?: RunOptions): Promise<void> {
  const { code, stderr } = await jug(`execute ${words} --verbose quiet`, options);
  assert.equal(code, 0, stderr);
}

const ALL = { near: "current", far: "current", mean: "current", data: "current", alone: "current", total: "current" };

Deno.test("stale names what changed: own code, a helper one and two modules away, and data; nothing else", () =>
  withSources(async (project) => {
    const { jug, write } = project;
    assert.equal((await jug("stale e.ts")).stdout, "No results\n");
    await runs(project, "e.ts");
    assert.deepEqual(await statesOf(project), ALL);

    write("e.ts", E.replace("return n; }", "return n + 1; }"));
    assert.deepEqual(await statesOf(project), { ...ALL, alone: "stale own" });
    const notes = (await jug("status e.ts")).stderr.match(/^\d+ results? of \S+ comes? from/gm);
    assert.deepEqual(notes, ["2 results of e.alone come from"]);

    write("e.ts", E);
    write("prep.ts", PREP.replace("+ offset", "- offset"));
    assert.deepEqual(await statesOf(project), {
      ...ALL,
      near: "stale prep.ts: prepare",
      far: "stale prep.ts: prepare",
    });

    write("prep.ts", PREP);
    write("lib/helpers.ts", HELPERS.replace("scale = 2", "scale = 3"));
    const away = { near: "stale lib/helpers.ts: scale", far: "stale lib/helpers.ts: scale" };
    assert.deepEqual(await statesOf(project), { ...ALL, ...away });
    const [near] = await listed(project);
    assert.deepEqual(near?.states, [{
      state: "stale",
      results: 2,
      changes: [{
        ...{ kind: "code", module: "lib/helpers.ts", name: "scale" },
        through: ["e.ts", "prep.ts", "lib/helpers.ts"],
        ...{ was: "const scale = 2", is: "const scale = 3" },
      }],
      reasons: [],
    }]);
    const { code, stdout } = await jug("stale e.ts");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^e\.near +2 {2}stale\n {2}lib\/helpers\.ts: scale, through e\.ts, prep\.ts\n {4}was: const scale = 2\n {4}is: {2}const scale = 3$/m,
    );
    assert.match(stdout, /^e\.alone +2 {2}current$/m);

    write("settings.json", `{ "factor": 3 }`);
    assert.deepEqual(await statesOf(project), { ...ALL, ...away, data: "stale settings.json: null" });
    // status compares the functions themselves only.
    assert.doesNotMatch((await jug("status e.ts")).stderr, /its code/);
  }));

Deno.test("comments, formatting, types, moved declarations, and code that is not used do not count", () =>
  withSources(async (project) => {
    await runs(project, "e.ts");
    project.write(
      "prep.ts",
      `import type { Ignored } from "./types.ts";
import { normalise } from "./lib/moved.ts";
const offset: 1 | 2 = (1 /* one */);
export function unused(n: Ignored) { return n; }
export function prepare(n: number, isFar: boolean = false): number
{ // why
  return isFar ? (normalise(n)! + offset) : normalise(n as number); }
`,
    );
    project.write("lib/moved.ts", `${HELPERS.replace("=> scale;", "=> 3 * scale;")}export type Other = string;\n`);
    project.write("lib/stats.ts", STATS.replace("ns[0] ?? 0", "ns[1] ?? 0"));
    project.write("types.ts", "export type Ignored = number;\n");
    project.write("settings.json", `{"factor":2}\n`);
    project.write("e.ts", E.replace("[1, 2].map", "[1, 2, 3].map").replace("// ", "/// "));
    assert.deepEqual(await statesOf(project), ALL);
  }));

Deno.test("--invalidate removes what other code made and what depends on it, and keeps what the new code made", () =>
  withSources(async (project) => {
    const { jug, write } = project;
    await runs(project, "e.ts");
    write("lib/helpers.ts", HELPERS.replace("scale = 2", "scale = 3"));
    write("e.ts", E.replace("[1, 2].map", "[1, 2, 3].map"));
    // Results of two versions of the code.
    await runs(project, "e.ts");
    const [near] = await listed(project);
    assert.deepEqual(near?.states.map(({ state, results }) => [state, results]), [["stale", 2], ["current", 1]]);

    for (const wrong of ["--yes", "--dry-run"]) {
      const { code, stderr } = await jug(`stale e.ts ${wrong}`);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`'${wrong}' is of use with --invalidate only`));
    }
    const dry = await jug("stale e.ts --invalidate --dry-run");
    assert.match(dry.stdout, /^e\.near +2\ne\.far +2\ne\.total +1\n\.+\nTotal: +5\nWould invalidate 5 results\n$/m);
    assert.equal((await jug("status e.ts --short")).stdout, "16 finished, 0 running, 0 ready, 0 waiting\n");

    const { code, stdout } = await jug("stale e.ts --invalidate --yes");
    assert.equal(code, 0);
    assert.match(stdout, /^e\.near +2\ne\.far +2\ne\.total +1\n\.+\nTotal: +5\n$/m);
    assert.equal((await jug("status e.ts --short")).stdout, "11 finished, 0 running, 4 ready, 1 waiting\n");
    await runs(project, "e.ts");
    assert.deepEqual(await statesOf(project), ALL);
    assert.match((await jug("stale e.ts --invalidate --yes")).stdout, /^No results are stale$/m);
  }));

async function checkBackend(jugdir: string): Promise<void> {
  await withSources(async (project) => {
    const words = `e.ts --jugdir ${jugdir}`;
    await runs(project, words);
    assert.deepEqual(await statesOf(project, words), ALL);
    project.write("lib/helpers.ts", HELPERS.replace("scale = 2", "scale = 3"));
    const away = { near: "stale lib/helpers.ts: scale", far: "stale lib/helpers.ts: scale" };
    assert.deepEqual(await statesOf(project, words), { ...ALL, ...away });
    assert.match((await project.jug(`stale ${words} --invalidate --yes`)).stdout, /^Total: +5$/m);
    await runs(project, `${words} --workers 2`);
    assert.deepEqual(await statesOf(project, words), ALL);
  });
}

Deno.test("stale works with SQLite", () => checkBackend("sqlite:e.jugdb"));
Deno.test("stale works with memory that is saved in a file", () => checkBackend("memory:e.saved"));
Deno.test("stale works with Redis", { ignore: !hasRedis }, async () => {
  await using server = await startRedis();
  await checkBackend(server.address);
});

Deno.test("stale works after --workers 2, --isolate, copy, and with a jugfile in JavaScript", async () => {
  await withSources(async (project) => {
    await runs(project, "e.ts --workers 2");
    await runs(project, "e.ts --isolate --jugdir isolated");
    assert.equal((await project.jug("copy isolated sqlite:copied.db")).code, 0);
    project.write("lib/helpers.ts", HELPERS.replace("scale = 2", "scale = 3"));
    const away = { near: "stale lib/helpers.ts: scale", far: "stale lib/helpers.ts: scale" };
    for (const words of ["e.ts", "e.ts --jugdir isolated", "e.ts --jugdir sqlite:copied.db"]) {
      assert.deepEqual(await statesOf(project, words), { ...ALL, ...away }, words);
    }
  });
  const sources = {
    "j.js": `import { TaskGenerator } from "jug";\nimport { twice } from "./h.mjs";\n` +
      `export const f = TaskGenerator(function f(n) { return twice(n); })(1);\n`,
    "h.mjs": "export const twice = (n) => 2 * n;\n",
  };
  await withProject(sources, async (project) => {
    await runs(project, "j.js");
    assert.deepEqual(await statesOf(project, "j.js"), { f: "current" });
    project.write("h.mjs", "export const twice = (n) => n + n;\n");
    assert.deepEqual(await statesOf(project, "j.js"), { f: "stale h.mjs: twice" });
  });
});

const MAPPED = `import { TaskGenerator } from "jug";
import { scale } from "@lib/scale.ts";
import leven from "leven";
export const f = TaskGenerator(function f(n: number) { return scale(n); })(1);
export const g = TaskGenerator(function g(text: string) { return leven(text, "jug"); })("mug");
`;

Deno.test("import maps are followed, and packages of npm count by their version", () =>
  withProject({ "m.ts": MAPPED }, async (project) => {
    const library = new URL("../../mod.ts", import.meta.url).href;
    const configure = (lib: string, leven: string) =>
      project.write("deno.json", JSON.stringify({ imports: { jug: library, "@lib/": lib, leven } }));
    const options = { permissions: ["-A", "--config", `${project.folder}/deno.json`] };
    for (const [folder, by] of [["one", 2], ["two", 3]]) {
      Deno.mkdirSync(`${project.folder}/${folder}`);
      project.write(`${folder}/scale.ts`, `export const scale = (n: number) => ${by} * n;\n`);
    }
    configure("./one/", "npm:leven@4.0.0");
    await runs(project, "m.ts", options);
    assert.deepEqual(await statesOf(project, "m.ts", options), { f: "current", g: "current" });
    configure("./two/", "npm:leven@4.1.0");
    const found = await listed(project, "m.ts", options);
    assert.deepEqual(
      found.map(({ states }) => states[0]?.changes.map(({ module, name, was, is }) => [module, name, was, is])),
      [
        [[
          "two/scale.ts",
          "scale",
          "export const scale = (n: number) => 2 * n",
          "export const scale = (n: number) => 3 * n",
        ]],
        [["m.ts", "leven", "npm:leven@4.0.0/index.js", "npm:leven@4.1.0/index.js"]],
      ],
    );
    configure("./three/", "npm:leven@4.1.0");
    Deno.mkdirSync(`${project.folder}/three`);
    project.write("three/scale.ts", "export function scale(n: number) { return n; }\n");
    assert.match((await statesOf(project, "m.ts", options))["f"] ?? "", /^stale three\/scale\.ts: scale$/);
  }));

Deno.test("modules by URL count by their URL; a jugfile by URL has no source that could be compared", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname, origin } = new URL(url);
    const library = new URL("../../mod.ts", import.meta.url).href;
    const text = pathname.endsWith("jugfile.js")
      ? `import { TaskGenerator } from "jug"; import { v } from "${origin}/v1/v.js";
         export const f = TaskGenerator(function f(n) { return n + v; })(1); // ${library}`
      : `export const v = ${/\d/.exec(pathname)?.[0]};`;
    return new Response(text, { headers: { "content-type": "text/javascript" } });
  });
  try {
    const address = `http://127.0.0.1:${server.addr.port}`;
    const jugfile = (version: number) =>
      `import { TaskGenerator } from "jug";\nimport { v } from "${address}/v${version}/v.js";\n` +
      `export const f = TaskGenerator(function f(n: number) { return n + v; })(1);\n`;
    await withProject({ "u.ts": jugfile(1) }, async (project) => {
      await runs(project, "u.ts");
      assert.deepEqual(await statesOf(project, "u.ts"), { f: "current" });
      project.write("u.ts", jugfile(2));
      const [f] = await listed(project, "u.ts");
      assert.deepEqual(f?.states[0]?.changes.map(({ was, is }) => [was, is]), [[
        `v of ${address}/v1/v.js`,
        `v of ${address}/v2/v.js`,
      ]]);
      await runs(project, `${address}/jugfile.js --jugdir far`);
      const states = await statesOf(project, `${address}/jugfile.js --jugdir far`);
      assert.deepEqual(states, { f: `unknown its module, ${address}/jugfile.js, is no local file` });
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("a source that is not kept is unknown, never current, and is not invalidated", () =>
  withSources(async (project) => {
    await runs(project, "e.ts");
    // Only texts of up to 1 MB are kept.
    project.write("prep.ts", `${PREP}// ${"x".repeat(1 << 20)}\n`);
    const large = "unknown prep.ts is too large, or no text, so only a digest of it is kept";
    assert.deepEqual(await statesOf(project), { ...ALL, near: large, far: large });
    assert.match((await project.jug("stale e.ts --invalidate --yes")).stdout, /^No results are stale$/m);
    assert.equal((await project.jug("status e.ts --short")).stdout, "11 finished, 0 running, 0 ready, 0 waiting\n");
  }));

const DYNAMIC = `import { CompoundTaskGenerator, mapreduce, TaskGenerator } from "jug";
import { inner } from "./inner.ts";
import "./effect.ts";
const table = new Map([["a", 1]]);
table.set("b", 2);
function makeModel(k: number) {
  const weight = k * 2;
  return TaskGenerator(function model(n: number) { return n * weight; });
}
const lazy = TaskGenerator(async function lazy() { return (await import("./lazy.ts")).value; });
const open = TaskGenerator(async function open(path: string) { return (await import(path)).value; });
const look = TaskGenerator(function look(key: string) { return table.get(key); });
const many = CompoundTaskGenerator(function many(n: number) { return [look("a"), n]; });
export const all = [makeModel(1)(1), lazy(), open(import.meta.resolve("./lazy.ts")), look("b"), many(1)];
export const squares = mapreduce.map(inner, [1, 2]);
`;

Deno.test("dynamic imports, functions around a function, changed objects, compound tasks and mapreduce count", () => {
  const sources = {
    "d.ts": DYNAMIC,
    "inner.ts": "export function inner(n: number) { return n * by; }\nconst by = 2;\n",
    "lazy.ts": "export const value = 1;\n",
    "effect.ts": "Reflect.set(globalThis, 'effect', 1);\n",
  };
  return withProject(sources, async (project) => {
    const open = "unknown in d.ts, the address of import() is not constant";
    const names = ["model", "lazy", "open", "look", "many", "map(d.inner)"];
    const current = Object.fromEntries(names.map((name) => [name.replace(/^.*\./, ""), "current"]));
    const expect = async (changed: Record<string, string>) =>
      assert.deepEqual(await statesOf(project, "d.ts"), { ...current, open, ...changed });
    await runs(project, "d.ts");
    await expect({});
    // Loading the jugfile needs no permission for what is imported later. Nobody is asked for it.
    const library = fileURLToPath(new URL("../../", import.meta.url));
    const readable = ["d.ts", "inner.ts", "effect.ts", "d.jugdata"].map((name) => `${project.folder}/${name}`);
    const permissions = [`--allow-read=${[library, ...readable].join(",")}`];
    const { lazy, look } = await statesOf(project, "d.ts", { permissions });
    assert.deepEqual([lazy, look], ["unknown lazy.ts could not be read without asking for permission", "current"]);
    project.write("lazy.ts", "export const value = 2;\n");
    await expect({ lazy: "stale lazy.ts: value" });
    project.write("lazy.ts", sources["lazy.ts"]);
    project.write("inner.ts", sources["inner.ts"].replace("by = 2", "by = 4"));
    await expect({ "inner)": "stale inner.ts: by" });
    project.write("inner.ts", sources["inner.ts"]);
    project.write("d.ts", DYNAMIC.replace(`"b", 2`, `"b", 3`));
    await expect({ look: "stale d.ts: table", many: "stale d.ts: table" });
    project.write("d.ts", DYNAMIC.replace("k * 2", "k * 3"));
    await expect({ model: "stale d.ts: makeModel" });
    project.write("d.ts", DYNAMIC);
    project.write("effect.ts", "Reflect.set(globalThis, 'effect', 2);\n");
    const found = await statesOf(project, "d.ts");
    assert.match(found["look"] ?? "", /^stale effect\.ts: /);
    assert.equal(found["inner)"], "current", "inner.ts imports nothing");
  });
});

Deno.test("jug itself does not count, from wherever it is imported", async () => {
  await using server = serveCheckout({ contentType: "text/typescript" });
  const jugfile = (library: string) =>
    `import { CompoundTaskGenerator, TaskGenerator } from "${library}";
const inner = TaskGenerator(function inner(n: number) { return n; });
export const c = CompoundTaskGenerator(function c(n: number) { return [inner(n)]; })(1);
`;
  await withProject({ "c.ts": jugfile("jug") }, async (project) => {
    await runs(project, "c.ts");
    project.write("c.ts", jugfile(`${server.address}mod.ts`));
    assert.deepEqual(await statesOf(project, "c.ts"), { c: "current" });
    project.write("c.ts", jugfile("jug").replace("return n;", "return -n;"));
    assert.deepEqual(await statesOf(project, "c.ts"), { c: "stale c.ts: inner" });
  });
});

Deno.test("odd entries in the jugdir make results unknown, and break nothing", () =>
  withSources(async (project) => {
    await runs(project, "e.ts");
    const codes = `${project.folder}/e.jugdata/codes`;
    const kept = new Map(
      [...Deno.readDirSync(codes)].map(({ name }) => [name, Deno.readTextFileSync(`${codes}/${name}`)]),
    );
    const restore = () => kept.forEach((text, name) => Deno.writeTextFileSync(`${codes}/${name}`, text));
    const spoil = (isMeant: (name: string, text: string) => boolean, change: (text: string) => string) => {
      for (const [name, text] of kept) {
        if (isMeant(name, text)) Deno.writeTextFileSync(`${codes}/${name}`, change(text));
      }
    };
    const isList = (_name: string, text: string) => text.startsWith(`{"modules"`);
    const isFunction = (name: string) => name.length === 16;
    const every = (state: string) => Object.fromEntries(Object.keys(ALL).map((name) => [name, state]));

    spoil(isList, (text) => text.replace("./prep.ts", "./prop.ts"));
    assert.deepEqual(
      await statesOf(project),
      every("unknown the jugdir does not have the list of modules that were loaded"),
    );
    restore();
    spoil((_name, text) => text === PREP, () => "export function prepare() {}");
    const lost = "unknown the text of prep.ts is not in the jugdir";
    assert.deepEqual(await statesOf(project), { ...ALL, near: lost, far: lost });
    restore();
    // As version 0.2 wrote it.
    spoil(isFunction, (text) => JSON.stringify({ ...JSON.parse(text), modules: undefined, sources: undefined }));
    assert.match((await statesOf(project))["near"] ?? "", /^unknown an older version of jug/);
    spoil(isFunction, (text) => JSON.stringify({ ...JSON.parse(text), modules: [7], sources: ["../x"] }));
    assert.deepEqual(await statesOf(project), every("unknown it is not known which module declares it"));
    spoil(isFunction, () => "\u001b[31m{");
    assert.match((await statesOf(project))["near"] ?? "", /^unknown the jugdir does not have the code [0-9a-f]{16}$/);
    assert.equal((await project.jug("status e.ts --short")).code, 0);
    restore();
    assert.deepEqual(await statesOf(project), ALL);
  }));
