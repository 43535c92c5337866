import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withProject } from "../../support/project.ts";
import { hasTmux, withTerminal } from "../../support/terminal/terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

const SOURCE = `import { args, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
const [n = "3"] = args;
Array.from({ length: Number(n) }, (_, i) => f(i));
`;

Deno.test("on a terminal, cleanup asks before a forgotten argument loses results", { ignore: !hasTmux }, async () => {
  await withProject({ "ar.ts": SOURCE }, async ({ folder, jug, results }) => {
    assert.equal((await jug("execute ar.ts 20")).code, 0);
    const command = [Deno.execPath(), "run", "-A", "--no-lock", CLI, "cleanup", "ar.ts"];
    for (const [answer, left] of [["", 20], ["no", 20], ["y", 3]] as const) {
      await withTerminal(command, { cwd: folder }, async (terminal) => {
        const screen = await terminal.shows(
          /Remove these 17 results for good\? \(ar\.ts was loaded without arguments\)/,
        );
        assert.match(screen, /^ar\.f +17$/m);
        await terminal.type(answer);
        await terminal.press("Enter");
        await terminal.shows(left === 20 ? /nothing was removed/ : /Removed 17 unused results/);
        await terminal.ended();
      });
      assert.equal(results("ar.jugdata").length, left);
    }
  });
});
