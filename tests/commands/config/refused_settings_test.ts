import assert from "node:assert/strict";
import { withFiles } from "./configured.ts";

/** Returns the message about a file with this content, which is the root's jug.json. */
async function refusal(content: unknown): Promise<string> {
  let message = "";
  await withFiles({ "jug.json": content }, async (place) => {
    message = await place.refusal("status @/x.ts");
  });
  return message;
}

Deno.test("an unknown key is refused with the file, the line and the nearest match", async () => {
  const text = `{\n  // speed\n  "execute": {\n    "worker": 4\n  }\n}\n`;
  assert.equal(
    await refusal(text),
    `@/jug.json:4: there is no setting "execute.worker"\n  Did you mean workers? \`jug config\` lists all settings`,
  );
  assert.match(
    await refusal({ keepGoing: true }),
    /^@\/jug\.json:1: there is no setting "keepGoing"\n {2}Did you mean keep-going\? /,
  );
  assert.match(await refusal({ exceute: {} }), /\n {2}Did you mean execute\? /);
  assert.match(await refusal({ run: {} }), /\n {2}Write "execute", which is the same$/);
  assert.match(
    await refusal({ status: { workers: 2 } }),
    /there is no setting "status\.workers"\n {2}It is a setting of execute, launch$/,
  );
  assert.match(await refusal(`{ "wor\\u001b[31mkers": 1 }`), /there is no setting "wor\\u001b\[31mkers"/);
});

Deno.test("a key of deno.json is named with its line", async () => {
  await withFiles({ "deno.json": `{\n "imports": {},\n "jug": {\n  "worker": 1\n } }` }, async (place) => {
    assert.match(await place.refusal("execute @/x.ts"), /^@\/deno\.json:4: there is no setting "worker"\n/);
  });
});

Deno.test("a wrong type or value is refused with the file, the key and what is allowed", async () => {
  const cases: readonly (readonly [content: unknown, message: string])[] = [
    [{ workers: "4" }, `"workers" in @/jug.json:1 cannot be "4"\n  Give a whole number, 1 or more, or auto`],
    [
      { execute: { workers: 0 } },
      `"execute.workers" in @/jug.json:1 cannot be 0\n  Give a whole number, 1 or more, or auto`,
    ],
    [{ lease: 1e9 }, `"lease" in @/jug.json:1 cannot be 1000000000\n  Give a number, more than 0, at most 2147483`],
    [{ durable: "yes" }, `"durable" in @/jug.json:1 cannot be "yes"\n  Give true or false`],
    [{ verbose: "loud" }, `"verbose" in @/jug.json:1 cannot be "loud"\n  Give one of quiet, info, debug`],
    [{ jugdir: 3 }, `"jugdir" in @/jug.json:1 cannot be 3\n  Give a text in quotes`],
    [{ jugdir: {} }, `"jugdir" in @/jug.json:1 cannot be {}\n  Give a text in quotes`],
    [
      { provides: "gpu" },
      `"provides" in @/jug.json:1 cannot contain "gpu"\n  Write names and whole numbers, as in gpu=2,disk=1`,
    ],
    [{ execute: { target: "/(/" } }, `"execute.target" in @/jug.json:1 contains an invalid regular expression: /(/`],
    [{ execute: 4 }, `@/jug.json:1: "execute" is not an object\n  Write its settings in braces: "execute": { … }`],
    [[1], "@/jug.json is not an object\n"],
  ];
  for (const [content, message] of cases) {
    assert.ok((await refusal(content)).startsWith(message), `${await refusal(content)}\n${message}`);
  }
});

Deno.test("what makes no sense in a file is refused with the reason", async () => {
  const cases = {
    yes: "Results are removed for good; agree on the command line",
    help: "It shows a text and runs nothing",
    jugfile: "Files are found from the folder of the jugfile, so it is named on the command line",
    v: `Write "verbose": "debug"`,
    "no-config": "A file cannot prevent that it is read",
    inspect: "A debugger is for single runs; give it on the command line",
  };
  for (const [key, why] of Object.entries(cases)) {
    assert.equal(await refusal({ [key]: true }), `@/jug.json:1: "${key}" cannot be set in a file\n  ${why}`);
  }
  assert.match(
    await refusal({ invalidate: { target: "x" } }),
    /"target" cannot be set in a file\n {2}Which results are removed/,
  );
  assert.match(await refusal({ permissions: {} }), /"permissions" has no settings\n/);
  assert.match(await refusal({ version: {} }), /"version" has no settings\n/);
});

Deno.test("check is a subcommand and an option of execute", async () => {
  await withFiles({ "jug.json": { check: true } }, async ({ read }) => {
    assert.deepEqual((await read("execute @/x.ts")).values, { check: true });
  });
  await withFiles({ "jug.json": { check: { verbose: "quiet" } } }, async ({ read }) => {
    assert.deepEqual((await read("check @/x.ts")).values, { verbose: "quiet" });
    assert.deepEqual((await read("execute @/x.ts")).values, {});
  });
});

Deno.test("a file that cannot be parsed, and two files in one folder, are refused", async () => {
  assert.match(
    await refusal(`{\n  "workers": 4\n  "lease": 3\n}`),
    /^@\/jug\.json:3 cannot be parsed\n {2}Comma Expected/,
  );
  await withFiles({ "jug.json": {}, "jug.jsonc": {} }, async (place) => {
    assert.match(await place.refusal("status @/x.ts"), /^there are settings in @\/jug\.json and in @\/jug\.jsonc\n/);
  });
});

Deno.test("files are checked as a whole, whatever the subcommand, but not for help and version", async () => {
  await withFiles({ "jug.json": { execute: { worker: 1 } } }, async ({ read, refusal }) => {
    assert.match(await refusal("count @/x.ts"), /no setting "execute\.worker"/);
    assert.deepEqual((await read("version")).values, {});
    assert.deepEqual((await read("count @/x.ts --no-config")).values["jugdir"], undefined);
  });
});
