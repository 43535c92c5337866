import assert from "node:assert/strict";
import { isAlive } from "../../support/alive.ts";
import { until } from "../../support/file/file_processes.ts";
import { runJug } from "../../support/run_jug.ts";
import { enter, openShell, withPrimes, withShell } from "../../support/terminal/shell_terminal.ts";
import { hasTmux, type Terminal } from "../../support/terminal/terminal.ts";

const LOOP = "console.log('begun'); for (let n = 0; ; n++) {}";

/** Returns the id of the process that evaluates inputs. */
async function evaluatorPid(terminal: Terminal): Promise<number> {
  await enter(terminal, "`evaluated in ${Deno.pid}`", /^"evaluated in \d+"$/m);
  return Number(/^"evaluated in (\d+)"$/m.exec(await terminal.screen())?.[1]);
}

async function isGone(pid: number): Promise<void> {
  await until(`the end of process ${pid}`, () => Promise.resolve(isAlive(pid) ? undefined : true));
}

Deno.test({
  name: "Ctrl-C gives up an input that awaits, and keeps the names",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await enter(terminal, "const mine = 5; console.log('begun'); await new Promise(() => {})", /^begun$/m);
      await terminal.press("C-c");
      await terminal.shows(/^interrupted: what the input started may still be running\njug>$/m);
      await enter(terminal, "mine + 1", /^6$/m);
      // The evaluator receives inputs through its stdin, so for user code stdin is empty.
      await enter(terminal, "await Deno.stdin.read(new Uint8Array(5))", /^null$/m);
      await terminal.type(".exit");
      await terminal.press("Enter");
      assert.equal(await terminal.ended(), 0);
    }),
});

Deno.test({
  name: "Ctrl-C ends an input that computes: the jugfile is loaded again, the history is kept, and names are lost",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal, folder) => {
      await enter(terminal, "const mine = 5; mine", /^5$/m);
      const before = await evaluatorPid(terminal);
      await enter(terminal, LOOP, /^begun$/m);
      await terminal.press("C-c");
      await terminal.shows(
        /^interrupted: the input was computing, so its process was ended\nprimes\.ts is loaded again; names made at the prompt are lost\njug>$/m,
      );
      assert.ok(!isAlive(before));
      await enter(terminal, "typeof mine", /^"undefined"$/m);
      await enter(terminal, "primes10.length", /^9$/m);
      await terminal.press("Up", "Up", "Up", "Up", "Up");
      await terminal.shows(/^jug> const mine = 5; mine$/m);
      await enter(terminal, " + 1", /^6$/m);

      // The shell stays open if the jugfile can no longer be loaded, so that it can be repaired.
      const jugfile = await Deno.readTextFile(`${folder}/primes.ts`);
      await Deno.writeTextFile(`${folder}/primes.ts`, "Deno.exit(4);");
      await enter(terminal, LOOP, /begun\n$|begun$/);
      await terminal.press("C-c");
      await terminal.shows(
        /^jug: primes\.ts could not be loaded\n {2}Deno\.exit\(4\) was called at \S+primes\.ts:1\njug>$/m,
      );
      await Deno.writeTextFile(`${folder}/primes.ts`, jugfile);
      await enter(terminal, "primes10.length * 111", /^999$/m);
      await terminal.type("Deno.exit(3)");
      await terminal.press("Enter");
      assert.equal(await terminal.ended(), 3);
    }),
});

Deno.test({
  name: "if the process that evaluates inputs ends, the shell reports it, and the next input starts a new one",
  ignore: !hasTmux,
  fn: () =>
    withShell(async (terminal) => {
      await enter(terminal, "const mine = 5; mine", /^5$/m);
      Deno.kill(await evaluatorPid(terminal), "SIGTERM");
      await terminal.shows(
        /^the evaluator of inputs ended: its process was ended by SIGTERM\nthe next input loads primes\.ts again; names made at the prompt are lost\njug>$/m,
      );
      await enter(terminal, "[typeof mine, primes10.length]", /^\[ "undefined", 9 \]$/m);
      await enter(terminal, "Deno.kill(Deno.pid, 'SIGTERM'); await new Promise(() => {})", /again; .*\njug>$/);
      // A timer that an earlier input left behind can end the shell, too.
      await terminal.type("void setTimeout(() => Deno.exit(7), 1)");
      await terminal.press("Enter");
      assert.equal(await terminal.ended(), 7);
    }),
});

Deno.test({
  name: "if no process may be started, the shell reports it, and evaluates inputs in a thread",
  ignore: !hasTmux,
  fn: () =>
    withPrimes((folder) =>
      openShell(folder, async (terminal) => {
        assert.match(
          await terminal.screen(),
          /^jug shell starts a process .*, which Deno refuses\n {2}Add the flag --allow-run=\S+\n {2}Without it .* Ctrl-C cannot stop one that computes$/m,
        );
        await enter(terminal, "const mine = 5; mine", /^5$/m);
        assert.equal(await evaluatorPid(terminal), terminal.pid);
        await enter(terminal, LOOP, /^begun$/m);
        await terminal.press("C-c");
        await terminal.shows(/^interrupted: the input keeps computing until you leave.*\n.* are lost\njug>$/m);
        await enter(terminal, "typeof mine", /^"undefined"$/m);
        await terminal.press("C-d");
        assert.equal(await terminal.ended(), 0);
      }, ["--allow-read", "--no-prompt"])
    ),
});

Deno.test({
  name: "with the flags that `jug permissions` prints, inputs run in a process with no more permissions",
  ignore: !hasTmux,
  fn: () =>
    withPrimes(async (folder) => {
      const { stdout, stderr } = await runJug(["permissions", "primes.ts", "shell"], { cwd: folder });
      assert.match(stdout, /--allow-run=\S*deno/);
      assert.match(stderr, /^Optional: --allow-run \(/m);
      await openShell(folder, async (terminal) => {
        assert.notEqual(await evaluatorPid(terminal), terminal.pid);
        await enter(terminal, "primes10[5]", /^Task primes\.isPrime\(7\) ready$/m);
        await enter(
          terminal,
          "Deno.readTextFileSync('/etc/hostname')",
          /^Deno refuses read access to "\/etc\/hostname": add the flag /m,
        );
        await enter(terminal, LOOP, /^begun$/m);
        await terminal.press("C-c");
        await terminal.shows(/so its process was ended\n.* are lost\njug>$/m);
      }, [...stdout.trim().split(" "), "--no-prompt"]);
    }),
});

Deno.test({
  name: "no process is left if the shell is killed or its terminal closes, even while an input computes",
  ignore: !hasTmux,
  fn: async (t) => {
    await withPrimes(async (folder) => {
      const compute = async (terminal: Terminal): Promise<number> => {
        const pid = await evaluatorPid(terminal);
        await enter(terminal, LOOP, /^begun$/m);
        return pid;
      };
      await t.step("the shell is killed", () =>
        openShell(folder, async (terminal) => {
          const pid = await compute(terminal);
          Deno.kill(terminal.pid, "SIGKILL");
          await isGone(pid);
        }));
      await t.step("the terminal closes", async () => await isGone(await openShell(folder, compute)));
      await t.step(
        "the terminal closes, no signal arrives, and inputs are evaluated in a thread",
        async () => {
          // SIGHUP goes to the process that the terminal started, which ignores it.
          const ignoring = ["sh", "-c", `trap "" HUP; "$@"; true`, "sh"];
          await isGone(await openShell(folder, compute, ["--allow-read", "--no-prompt"], ignoring));
        },
      );
    });
  },
});
