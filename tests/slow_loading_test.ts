import assert from "node:assert/strict";
import { withProject } from "./support/project.ts";

const SLOW = `import { TaskGenerator } from "jug";
const one = TaskGenerator(function one() { return 1; });
one();
for (let isThere = false; !isThere;) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  isThere = [...Deno.readDirSync(".")].some(({ name }) => name === "go");
}
`;

Deno.test("a command says that the jugfile waits at an await of its own, and waits for it", () =>
  withProject({ "slow.ts": SLOW }, async ({ startJug, write }) => {
    const status = startJug("status slow.ts --short");
    await status.saw("still loading");
    write("go", "");
    const { code, stdout } = await status.result;
    assert.deepEqual([code, stdout], [0, "0 finished, 0 running, 1 ready, 0 waiting\n"]);
    assert.equal(status.written(), "slow.ts is still loading: it waits at an await of its own\n");
  }));
