import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startJug } from "./support/run_jug.ts";
import { withTempDir } from "./support/temp_dir.ts";
import { hasTmux, type Terminal, withTerminal } from "./support/terminal.ts";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));

const JUGFILE = `import { barrier, TaskGenerator, value } from "jug";
const isPrime = TaskGenerator(async function isPrime(n: number): Promise<boolean> {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return await Promise.resolve(false);
  return true;
});
export const primes10 = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(isPrime);
await barrier();
export const howMany = (await value(primes10)).filter(Boolean).length;
`;

/** Calls `use` with a shell at its prompt. */
function withShell(use: (terminal: Terminal, folder: string) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/primes.ts`, JUGFILE);
    await openShell(folder, (terminal) => use(terminal, folder));
  });
}

function openShell(folder: string, use: (terminal: Terminal) => Promise<void>): Promise<void> {
  const command = [Deno.execPath(), "run", "-A", "--quiet", CLI, "shell", "primes.ts"];
  return withTerminal(command, { cwd: folder, env: { XDG_STATE_HOME: folder, NO_COLOR: "1" } }, async (terminal) => {
    await terminal.shows(/^jug> *$/m);
    await use(terminal);
  });
}

/** Types a line, and waits for what it shows. */
async function enter(terminal: Terminal, line: string, shows: RegExp): Promise<void> {
  await terminal.type(line);
  await terminal.press("Enter");
  await terminal.shows(shows);
}

Deno.test({
  name: "the prompt shows tasks with their state, runs one, and goes on with the jugfile while others execute",
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
      await enter(terminal, "howMany", /^the jugfile went on past line 7\n4$/m);
      await enter(terminal, "primes10 = await value(primes10)", /^\[\n?\s*true,/m);
      await enter(terminal, "primes10.slice(0, 3)", /^\[ true, true, false \]$/m);
    }),
});

Deno.test({
  name: "Tab completes names and members, and arrows bring back earlier lines, of an earlier shell too",
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
      await terminal.press("Up", "Up", "Up");
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
        await again.shows(/^jug> 1; seven \* 6$/m);
      });
    }),
});

Deno.test({
  name: "Ctrl-C gives up waiting for a promise, and the prompt goes on",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await terminal.type("console.log('begun'); await new Promise(() => {})");
      await terminal.press("Enter");
      await terminal.shows(/^begun$/m);
      await terminal.press("C-c");
      await terminal.shows(/^interrupted: /m);
      await enter(terminal, "6 * 7", /^42$/m);
      await terminal.type(".exit");
      await terminal.press("Enter");
      await terminal.ended();
    }),
});

Deno.test({
  name: "an error that comes while a line is typed is shown above it",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await enter(terminal, "const fail = () => { throw new Error('late') }; void setTimeout(fail, 300)", /^jug>$/m);
      await terminal.type("40 +");
      await terminal.shows(/^Error: late\n {2}\(nobody awaits or catches this\)\njug> 40 \+$/m);
      await enter(terminal, " 2", /^jug> 40 \+ 2\n42$/m);
    }),
});
