import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

/** Code of a jugfile that waits until a file named go exists. */
const UNTIL_GO = `for (let isThere = false; !isThere;) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  isThere = [...Deno.readDirSync(".")].some(({ name }) => name === "go");
}
`;
const DECLARE = `const one = TaskGenerator(function one() { return 1; });
one();
`;
const SLOW = `import { TaskGenerator } from "jug";
${DECLARE}${UNTIL_GO}`;

Deno.test("a command reports that the jugfile waits at an await that is not a barrier, and waits for it", () =>
  withProject({ "slow.ts": SLOW }, async ({ startJug, write }) => {
    const status = startJug("status slow.ts --short");
    await status.saw("await that is not a barrier");
    write("go", "");
    const { code, stdout } = await status.result;
    assert.deepEqual([code, stdout], [0, "0 finished, 0 running, 1 ready, 0 waiting\n"]);
    assert.equal(status.written(), "slow.ts waits at an await that is not a barrier\n");
  }));

/** Starts a server that delivers its one module only after `letGo` is called. */
function holdingServer() {
  const gate = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    await gate.promise;
    return new Response("export {};\n", { headers: { "content-type": "application/javascript" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/slow.js`,
    letGo: gate.resolve,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

for (const command of ["status", "execute"]) {
  Deno.test(`${command} distinguishes modules that load slowly from an await of the jugfile itself`, async () => {
    await using server = holdingServer();
    const source = `import "${server.url}";\nimport { TaskGenerator } from "jug";\n${UNTIL_GO}${DECLARE}`;
    await withProject({ "late.ts": source }, async ({ startJug, write, folder }) => {
      const jug = startJug(`${command} late.ts`, { env: { DENO_DIR: `${folder}/cache` } });
      await jug.saw("is loading its modules");
      assert.doesNotMatch(jug.written(), /await that is not a barrier/);
      server.letGo();
      await jug.saw("waits at an await that is not a barrier");
      write("go", "");
      const { code, stderr } = await jug.result;
      assert.equal(code, 0, stderr);
    });
  });
}
