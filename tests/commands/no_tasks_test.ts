import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

const NONE = `import { TaskGenerator } from "jug";
export const one = TaskGenerator(function one() { return 1; });
`;

Deno.test("a jugfile that declares no tasks is a usage error that explains how to declare a task", () =>
  withProject({ "none.ts": NONE }, async ({ jug }) => {
    for (const command of ["execute", "status", "check", "sleep-until", "invalidate none.ts one"]) {
      const { code, stderr } = await jug(command.includes(" ") ? command : `${command} none.ts`);
      assert.equal(code, 2, command);
      assert.match(
        stderr,
        /^jug: none\.ts declares no tasks\n {2}Call the function that TaskGenerator returned: each call declares a task\n$/m,
      );
    }
    // Counting no tasks is not an error.
    assert.equal((await jug("count none.ts")).code, 0);
  }));
