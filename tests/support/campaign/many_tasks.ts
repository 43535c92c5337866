/**
 * Runs very many tasks, and runs them again to find them finished.
 *
 * @module
 */
import assert from "node:assert/strict";
import { withProject } from "../project.ts";

const SOURCE = `import { args, barrier, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
for (let n = 0; n < Number(args[0]); n++) f(n);
await barrier();
`;

/** Runs `count` tasks in the jugdir at `address`, runs them again, checks their status, and invalidates them. */
export function runTwice(count: number, address: string): Promise<void> {
  return withProject({ "many.ts": SOURCE }, async ({ jug }) => {
    const words = `many.ts ${count} --jugdir ${address}`;
    for (const executed of [count, 0]) {
      const { code, stdout, stderr } = await jug(`execute ${words}`);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^Total: +${executed} +${count - executed}\\b`, "m"));
    }
    const { code, stdout, stderr } = await jug(`status ${words}`);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^Total: +0 +0 +${count} +0$`, "m"));
    const invalidated = await jug(`invalidate many.ts f --jugdir ${address} -- ${count}`);
    assert.equal(invalidated.code, 0, invalidated.stderr);
    assert.match(invalidated.stdout, new RegExp(` ${count}$`, "m"));
  });
}
