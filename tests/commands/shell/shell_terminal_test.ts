import assert from "node:assert/strict";
import { startJug } from "../../support/run_jug.ts";
import { enter, openShell, withShell } from "../../support/terminal/shell_terminal.ts";
import { hasTmux } from "../../support/terminal/terminal.ts";

Deno.test({
  name: "the prompt shows tasks with their state, runs one, and continues the jugfile when others have run",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal, folder) => {
      assert.match(await terminal.screen(), /^primes\.ts: 9 tasks, 0 finished, in primes\.jugdata$/m);
      await enter(terminal, "primes10[5]", /^Task primes\.isPrime\(7\) ready$/m);
      await enter(terminal, "await primes10[5].run()", /^true$/m);
      await enter(terminal, "primes10[5]", /^Task primes\.isPrime\(7\) finished$/m);
      await enter(terminal, "howMany", /howMany is not defined/);

      const { code, stderr } = await startJug(["execute", "primes.ts"], { cwd: folder }).result;
      assert.equal(code, 0, stderr);
      await enter(terminal, "howMany", /^the jugfile continued past line 7\n4$/m);
      await enter(terminal, "primes10 = await value(primes10)", /^\[\n?\s*true,/m);
      await enter(terminal, "primes10.slice(0, 3)", /^\[ true, true, false \]$/m);
    }),
});

Deno.test({
  name: "Tab completes names and members, and arrow keys recall earlier inputs, also of an earlier shell",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal, folder) => {
      await terminal.type("prim");
      await terminal.press("Tab");
      await terminal.shows(/^jug> primes10$/m);
      await terminal.type("[5].canL");
      await terminal.press("Tab");
      await terminal.shows(/^jug> primes10\[5\]\.canLoad$/m);
      await terminal.type("()");
      await terminal.press("Enter");
      await terminal.shows(/^false\njug>$/m);

      await enter(terminal, "const seven = 6 +", /^\.\.\.>$/m);
      await enter(terminal, "1; seven * 6", /^42$/m);
      await terminal.press("Up", "Up");
      await terminal.shows(/^jug> primes10\[5\]\.canLoad\(\)$/m);
      await terminal.press("C-c");
      await terminal.shows(/\^C\njug>$/m);
      await enter(terminal, "seven * 100", /^700$/m);
      await terminal.press("C-d");
      await terminal.ended();

      await openShell(folder, async (again) => {
        await again.press("Up");
        await again.shows(/^jug> seven \* 100$/m);
        await again.press("Up");
        await again.shows(/^jug> const seven = 6 \+\n1; seven \* 6$/m);
      });
    }),
});

Deno.test({
  name: "text typed during an evaluation is continued at the next prompt",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal, folder) => {
      const go = JSON.stringify(`${folder}/go`);
      const pause = "await new Promise((done) => setTimeout(done, 10))";
      await terminal.type(`for (;;) try { Deno.statSync(${go}); break; } catch { ${pause}; }`);
      await terminal.press("Enter");
      await terminal.type("40 +");
      await terminal.shows(/^40 \+$/m);
      await Deno.writeTextFile(`${folder}/go`, "");
      await terminal.shows(/^jug> 40 \+$/m);
      await enter(terminal, " 2", /^jug> 40 \+ 2\n42$/m);
    }),
});

Deno.test({
  name: "an error that occurs while a line is typed is shown above that line",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await enter(terminal, "const fail = () => { throw new Error('late') }; void setTimeout(fail, 300)", /^jug>$/m);
      await terminal.type("40 +");
      await terminal.shows(
        /^Error: late\n.*\n +\^\n {4}at .*fail.*\n {2}\(nobody awaits or catches this\)\njug> 40 \+$/m,
      );
      await enter(terminal, " 2", /^jug> 40 \+ 2\n42$/m);
    }),
});

Deno.test({
  name: "an input of several lines is recalled as one, also in a later shell, and Ctrl-R finds it",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal, folder) => {
      await enter(terminal, "const twice = (n: number): number => {", /^\.\.\.>$/m);
      await enter(terminal, "return 2 * n", /\.\.\.> return 2 \* n\n\.\.\.>$/);
      await enter(terminal, "}", /^\.\.\.> }\njug>$/m);
      await enter(terminal, "twice(4)", /^8$/m);
      await terminal.press("Up", "Up");
      await terminal.shows(/^jug> const twice = \(n: number\): number => \{\nreturn 2 \* n\n\}$/m);
      await terminal.press("C-c");
      await terminal.shows(/^\}\^C\njug>$/m);
      await enter(terminal, "clear", /^jug>$/);
      await terminal.press("C-d");
      await terminal.ended();

      await openShell(folder, async (again) => {
        await again.type("draft");
        await again.press("C-r");
        await again.type("2 *");
        await again.shows(
          /^\(reverse-i-search\)'2 \*': const twice = \(n: number\): number => \{ ⏎ return 2 \* n ⏎ \}$/m,
        );
        await again.press("C-g");
        await again.shows(/^jug> draft$/m);
        await again.press("C-r");
        await again.type("twi");
        await again.shows(/'twi': twice\(4\)$/m);
        await again.press("C-r");
        await again.shows(/'twi': const twice/m);
        await again.press("Enter");
        await again.shows(/^jug> const twice = \(n: number\): number => \{\nreturn 2 \* n\n\}\njug>$/m);
        await enter(again, "twice(21)", /^42$/m);
      });
    }),
});

Deno.test({
  name: "errors show the line and a caret",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await enter(
        terminal,
        "const bad = 1 +* 2",
        /^SyntaxError: Unexpected token\n {4}const bad = 1 \+\* 2\n {19}\^$/m,
      );
      await enter(terminal, "primes10.first.name", /\n {4}primes10\.first\.name\n {19}\^\njug>$/);
    }),
});
