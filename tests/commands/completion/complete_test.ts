import assert from "node:assert/strict";
import { complete } from "../../../commands/completion/complete.ts";
import { tableOf } from "../../../commands/completion/tables.ts";
import { subcommands } from "../../../commands/subcommands.ts";
import { fakeHost } from "../../support/fake_host.ts";
import { withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import { runJug } from "../../support/run_jug.ts";

const JUGFILE = `import { args, TaskGenerator } from "jug";
const square = TaskGenerator(function square(n: number) { return n * n; });
const fail = TaskGenerator(function fail() { throw new Error("no"); });
export const all = [square(2), fail()];
Deno.writeTextFileSync("was-run" + (args[0] ?? ""), "");
`;

async function names(...words: string[]): Promise<string> {
  return await complete(["tasks", ...words], subcommands, fakeHost());
}

Deno.test("names of tasks come from the jugdir, failed ones too, without running the jugfile", async () => {
  await withProject({ "squares.ts": JUGFILE }, async ({ folder, jug, names: filesIn }) => {
    await jug("execute squares.ts --keep-going");
    Deno.removeSync(`${folder}/was-run`);
    const jugfile = `${folder}/squares.ts`;
    assert.equal(await names("", "log", jugfile), "squares.fail\nsquares.square\n");
    assert.equal(await names("squares.s", "execute", jugfile, "--target"), "squares.square\n");
    assert.equal(await names("sq", "log", jugfile), "squares.fail\nsquares.square\n");
    assert.equal(await names("fa", "log", jugfile), "fail\n", "without the module, if nothing else fits");
    assert.equal(await names("none", "log", jugfile), "");
    assert.ok(!filesIn(".").includes("was-run"));
  });
});

Deno.test("the jugdir is that of the command line, or of a configuration file", async () => {
  await withProject({ "squares.ts": JUGFILE }, async ({ folder, jug, write }) => {
    const jugfile = `${folder}/squares.ts`;
    const jugdirs = ["other", "sqlite:squares.jugdb", "memory:squares.saved"];
    for (const jugdir of jugdirs) {
      await jug(`execute squares.ts --keep-going --jugdir ${jugdir}`);
      const address = jugdir.replace(/(?<=:|^(?!.*:))/, `${folder}/`);
      assert.equal(await names("", "log", jugfile, "--jugdir", address), "squares.fail\nsquares.square\n", address);
      assert.equal(await names("", "log", jugfile), "");
      write("jug.json", JSON.stringify({ jugdir }));
      assert.equal(await names("", "log", jugfile), "squares.fail\nsquares.square\n", jugdir);
      Deno.removeSync(`${folder}/jug.json`);
    }
  });
});

Deno.test("there are no names, and no message, where something is wrong; nothing is created", async () => {
  await withProject(
    { "squares.ts": JUGFILE, "jug.json": "{ wrong", "backend.ts": `throw new Error("was run");` },
    async (project) => {
      const before = project.names(".");
      const jugfile = `${project.folder}/squares.ts`;
      assert.equal(await names("", "log", jugfile), "");
      assert.equal(await names("", "log", jugfile, "--no-config"), "");
      for (
        const jugdir of [
          "memory:",
          "nonsense:",
          `module:${project.folder}/backend.ts`,
          "redis://127.0.0.1:1",
          "sqlite:none",
        ]
      ) {
        assert.equal(await names("", "log", jugfile, "--no-config", "--jugdir", jugdir), "", jugdir);
      }
      assert.equal(await names("", "frobnicate"), "");
      assert.equal(await names(), "");
      assert.equal(await complete(["other"], subcommands, fakeHost()), "");
      assert.deepEqual(project.names("."), before);
      const { code, stdout, stderr } = await runJug(["__complete", "tasks", "", "log", jugfile], { permissions: [] });
      assert.deepEqual([code, stdout, stderr], [0, "", ""], "without any permission");
    },
  );
});

Deno.test({
  name: "names of tasks come from Redis too",
  ignore: !hasRedis,
  fn: async () => {
    await using server = await startRedis();
    await withProject({ "squares.ts": JUGFILE }, async ({ folder, jug }) => {
      await jug(`execute squares.ts --keep-going --jugdir ${server.address}`);
      const found = await names("", "log", `${folder}/squares.ts`, "--jugdir", server.address);
      assert.equal(found, "squares.fail\nsquares.square\n");
    });
  },
});

Deno.test("the tables of completion know each subcommand and option", () => {
  const rows = tableOf(subcommands);
  assert.deepEqual(rows.map(({ name }) => name), subcommands.map(({ name }) => name));
  for (const [index, command] of subcommands.entries()) {
    const known = rows[index]?.options.map(({ name }) => name) ?? [];
    for (const { flags } of command.options) {
      for (const name of flags.match(/--?[a-z][\w-]*/g) ?? []) {
        assert.ok(known.includes(name), `${command.name} ${name}`);
      }
    }
  }
  const execute = rows.find(({ name }) => name === "execute")?.options;
  const valueOf = (name: string) => execute?.find((option) => option.name === name)?.value;
  assert.deepEqual(
    ["--workers", "--target", "--jugdir", "--verbose", "--durable", "--lease"].map(valueOf),
    ["words auto", "task", "jugdir", "words quiet info debug", undefined, "any"],
  );
});

Deno.test("`jug completions` refuses what it does not know", async () => {
  const refusal = async (...words: string[]) => (await runJug(["completions", ...words])).stderr;
  assert.equal(await refusal("tcsh"), "jug: 'tcsh' is not a shell that jug knows\n  Give one of bash, zsh, fish\n");
  assert.match(await refusal(), /^jug: no shell was named\n/);
  assert.match(await refusal("bash", "--name", "a;b"), /^jug: option '--name' cannot be "a;b"\n/);
});
