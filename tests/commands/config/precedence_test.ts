import assert from "node:assert/strict";
import { withFiles } from "./configured.ts";

Deno.test("the command line precedes the nearest file, then farther files, the user's own, and defaults", async () => {
  const files = {
    "user/jug/jug.json": { concurrency: 1, "cache-size": 1, lease: 1, "max-failures": 1 },
    "jug.json": { concurrency: 2, "cache-size": 2, lease: 2 },
    "a/jug.json": { concurrency: 3, "cache-size": 3 },
    "a/b/x.ts": "",
  };
  await withFiles(files, async ({ folder, read }) => {
    const env = { XDG_CONFIG_HOME: `${folder}/user` };
    const { values, configuration: { origins, variables } } = await read("execute @/a/b/x.ts --concurrency 4", env);
    assert.deepEqual(values, { concurrency: "4", cacheSize: "3", lease: "2", maxFailures: "1" });
    assert.deepEqual(origins.get("concurrency"), { kind: "line" });
    assert.deepEqual(origins.get("cacheSize"), { kind: "file", file: `${folder}/a/jug.json`, key: "cache-size" });
    assert.deepEqual(origins.get("workers"), undefined);
    assert.deepEqual(variables, ["XDG_CONFIG_HOME"]);
  });
});

Deno.test("without XDG_CONFIG_HOME, the user's own file is in ~/.config; the search ends at the home folder", async () => {
  const files = { "home/.config/jug/jug.jsonc": { workers: 2 }, "home/p/x.ts": "", "jug.json": { concurrency: 9 } };
  await withFiles(files, async ({ folder, read }) => {
    const { values, configuration: { places } } = await read("execute @/home/p/x.ts", { HOME: `${folder}/home` });
    assert.deepEqual(values, { workers: "2" });
    assert.ok(places.every(({ path }) => path.startsWith(`${folder}/home/`)));
  });
});

Deno.test("the search ends at the root of the repository", async () => {
  const files = { "jug.json": { workers: 2 }, "inner/.git/HEAD": "", "inner/a/x.ts": "" };
  await withFiles(files, async ({ read }) => {
    assert.deepEqual((await read("execute @/inner/a/x.ts")).values, {});
    assert.deepEqual((await read("execute @/x.ts")).values, { workers: "2" });
  });
});

Deno.test("within a file, what is said for the subcommand precedes what is said for all", async () => {
  const files = { "jug.json": { jugdir: "all", execute: { jugdir: "one" } }, "a/jug.json": { verbose: "quiet" } };
  await withFiles(files, async ({ folder, read }) => {
    assert.deepEqual((await read("execute @/x.ts")).values, { jugdir: `${folder}/one` });
    assert.deepEqual((await read("status @/a/x.ts")).values, { jugdir: `${folder}/all`, verbose: "quiet" });
    assert.deepEqual((await read("run @/x.ts")).values, { jugdir: `${folder}/one` }, "an alias is the same subcommand");
  });
});

Deno.test("a relative jugdir is relative to the file that states it", async () => {
  const addresses = {
    "results": "@/results",
    "sqlite:r.db": "sqlite:@/r.db",
    "memory:r": "memory:@/r",
    "memory:": "memory:",
    "module:./b.ts#x": "module:@/b.ts#x",
    "unix:r.sock?prefix=p": "unix:@/r.sock?prefix=p",
    "rediss://h?ca=c.pem&prefix=p": "rediss://h?ca=@/c.pem&prefix=p",
    "redis://h": "redis://h",
    "/r": "/r",
    "../{jugfile}": "@/../{jugfile}",
  };
  for (const [given, meant] of Object.entries(addresses)) {
    await withFiles({ "jug.json": { jugdir: given }, "a/x.ts": "" }, async ({ folder, read }) => {
      const { jugdir } = (await read("status @/a/x.ts")).values;
      const parent = folder.replace(/\/[^/]*$/, "");
      assert.equal(jugdir, meant.replace("@/..", parent).replace("@", folder));
    });
  }
});

Deno.test("--no-NAME undoes a setting, and --no-config reads no file", async () => {
  const settings = { workers: 4, "keep-going": true, "no-check-environment": true, jugdir: "d" };
  await withFiles({ "jug.json": settings }, async ({ folder, read }) => {
    const all = { workers: "4", keepGoing: true, checkEnvironment: false, jugdir: `${folder}/d` };
    assert.deepEqual((await read("execute @/x.ts")).values, all);
    const undone = await read("execute @/x.ts --no-workers --no-keep-going --check-environment --no-jugdir");
    assert.deepEqual(undone.values, {});
    const { values, configuration } = await read("execute @/x.ts --no-config");
    assert.deepEqual([values["workers"], configuration.places], [undefined, []]);
  });
});

Deno.test("a nearer file can switch off what a farther one switched on", async () => {
  const files = { "jug.json": { "keep-going": true }, "a/jug.json": { "keep-going": false } };
  await withFiles(files, async ({ read }) => {
    assert.deepEqual((await read("execute @/x.ts")).values, { keepGoing: true });
    assert.deepEqual((await read("execute @/a/x.ts")).values, {});
  });
});

Deno.test("a setting that excludes what precedes it is left out", async () => {
  const files = {
    "jug.json": { status: { json: true }, execute: { workers: 4, isolate: true, "memory-limit": 100 }, quiet: true },
    "a/jug.json": { status: { short: true }, execute: { isolate: false } },
  };
  await withFiles(files, async ({ folder, read }) => {
    assert.deepEqual((await read("status @/x.ts --short")).values, { short: true, quiet: true });
    assert.deepEqual((await read("status @/a/x.ts")).values, { short: true, quiet: true });
    const debugged = await read("execute @/x.ts --inspect -v");
    assert.deepEqual(debugged.values, { inspect: true, v: true });
    const why = debugged.configuration.origins.get("workers");
    const left = { kind: "left-out", file: `${folder}/jug.json`, key: "execute.workers" };
    assert.deepEqual(why, { ...left, why: "--inspect was given" });
    assert.deepEqual(debugged.configuration.origins.get("memoryLimit"), {
      ...{ ...left, key: "execute.memory-limit" },
      why: "it has an effect only with --isolate",
    });
    assert.deepEqual((await read("execute @/a/x.ts")).values, { workers: "4", quiet: true });
    assert.equal((await read("execute @/x.ts")).values["memoryLimit"], "100");
  });
});

Deno.test("two settings of one file that exclude each other are refused", async () => {
  await withFiles({ "jug.json": { status: { json: true, short: true } } }, async ({ refusal }) => {
    assert.equal(
      await refusal("status @/x.ts"),
      `"status.short" and "status.json" in @/jug.json exclude each other\n  Remove one of them`,
    );
  });
});

Deno.test("permissions uses the settings of the subcommand that it is asked about", async () => {
  const settings = { workers: 2, "pass-on": "read=a", execute: { jugdir: "e" }, status: { jugdir: "s", json: true } };
  await withFiles({ "jug.json": settings }, async ({ folder, read }) => {
    assert.deepEqual((await read("permissions @/x.ts")).values, { workers: "2", jugdir: `${folder}/e` });
    assert.deepEqual((await read("permissions @/x.ts status")).values, { jugdir: `${folder}/s` });
    assert.deepEqual((await read("permissions @/x.ts shell")).values, {});
    assert.deepEqual((await read("shell @/x.ts")).values, { passOn: `read=${folder}/a` });
  });
});

Deno.test("deno.json holds settings under jug; without them it does not count", async () => {
  const files = {
    "deno.json": `{ // comments are allowed\n "tasks": { "jug": "x" }, "jug": { "workers": 2, }, }`,
    "a/deno.jsonc": { imports: { jug: "./mod.ts" } },
    "a/x.ts": "",
  };
  await withFiles(files, async ({ folder, read }) => {
    const { values, configuration } = await read("execute @/a/x.ts");
    assert.deepEqual(values, { workers: "2" });
    const origin = { kind: "file", file: `${folder}/deno.json`, key: "jug.workers" };
    assert.deepEqual(configuration.origins.get("workers"), origin);
    const states = new Map(configuration.places.map(({ path, state }) => [path, state]));
    assert.equal(states.get(`${folder}/a/deno.jsonc`), "without-settings");
    assert.equal(states.get(`${folder}/deno.json`), "used");
  });
});

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

Deno.test({
  name: "a file of another user is not read, and the user is told",
  ignore: !isRoot, // only root can give a file away
  fn: () =>
    withFiles({ "jug.json": { workers: 2 }, "a/jug.json": { concurrency: 2 }, "a/x.ts": "" }, async (place) => {
      const { folder, read } = place;
      Deno.chownSync(`${folder}/jug.json`, 12345, null);
      const { values, configuration } = await read("execute @/a/x.ts");
      assert.deepEqual(values, { concurrency: "2" });
      assert.equal(configuration.places.find(({ path }) => path === `${folder}/jug.json`)?.state, "foreign");
      // What belongs to the owner of the jugfile, or to root, counts.
      Deno.chownSync(`${folder}/a/x.ts`, 12345, null);
      assert.deepEqual((await read("execute @/a/x.ts")).values, { workers: "2", concurrency: "2" });
    }),
});
