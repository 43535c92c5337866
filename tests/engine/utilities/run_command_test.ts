import assert from "node:assert/strict";
import { execute, noHash, runCommand, TaskGenerator, value } from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";
import { withProject } from "../../support/project.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const DENO = Deno.execPath();

/** Returns the command of a program that runs `code`. */
function program(code: string): string[] {
  return [DENO, "eval", "--no-check", code];
}

/** Runs a single task that must fail, and returns the message of its failure. */
async function failureOf(declare: () => void): Promise<string> {
  return await inSession(async () => {
    declare();
    const { failures } = await execute();
    return failures[0]?.error.message ?? assert.fail("nothing failed");
  });
}

Deno.test("runCommand returns the exit status or the given value; arguments may be tasks", async () => {
  await withTempDir(async (folder) => {
    await inSession(async () => {
      const name = TaskGenerator(function name() {
        return `${folder}/a.txt`;
      });
      const write = 'Deno.writeTextFileSync(Deno.args[0], Deno.env.get("TEXT") + Deno.cwd())';
      const written = runCommand([...program(write), name()], {
        returnValue: name(),
        cwd: folder,
        env: { TEXT: "in " },
      });
      const copied = runCommand([
        ...program("Deno.copyFileSync(Deno.args[0], Deno.args[1])"),
        written,
        `${folder}/b.txt`,
      ]);
      const read = runCommand(
        program("const text = await new Response(Deno.stdin.readable).text(); Deno.exit(text.length)"),
        {
          stdin: "12345",
          checkExit: false,
          runAfter: [copied],
        },
      );
      await executeAll();
      assert.deepEqual(await value([written, copied, read]), [`${folder}/a.txt`, 0, 5]);
      assert.equal(Deno.readTextFileSync(`${folder}/b.txt`), `in ${Deno.realPathSync(folder)}`);
    });
  });
});

Deno.test("runCommand: arguments in noHash do not change the task, other options do", async () => {
  await inSession(() => {
    const run = (threads: number, cwd?: string) =>
      runCommand(["sort", noHash(`--parallel=${threads}`)], { cwd } as object);
    assert.equal(run(1), run(8));
    assert.notEqual(run(1), run(1, "elsewhere"));
    assert.equal(runCommand(["sort"]), runCommand(["sort"], {}));
  });
});

Deno.test("runCommand: a failure shows the command, the status and the end of stderr", async () => {
  const noise = 'console.error("x".repeat(2500)); console.error("the last line"); Deno.exit(7)';
  const message = await failureOf(() => void runCommand(program(noise)));
  assert.match(
    message,
    /ended with status 7\n(.|\n)*x{1000}(.|\n)*\n {4}the last line\n {2}Fix the command, or accept any status/,
  );
  assert.ok(message.length < 3000);
  assert.match(
    await failureOf(() => void runCommand(["no-such-program-at-all"])),
    /no-such-program-at-all was not found/,
  );
  assert.match(await failureOf(() => void runCommand([])), /runCommand was given no program/);
});

Deno.test("runCommand: a program that does not read its long input does not fail", async () => {
  await inSession(async () => {
    const task = runCommand(program("Deno.exit(0)"), { stdin: "x".repeat(1_000_000) });
    await executeAll();
    assert.equal(await task.value(), 0);
  });
});

Deno.test("runCommand without permission names the flag, and a signal that stops the run ends the program", async () => {
  await withProject({
    "run.ts": `import { runCommand } from "jug";
export const long = runCommand([Deno.execPath(), "eval", \`Deno.writeTextFileSync("pid", String(Deno.pid)); setInterval(() => {}, 1000)\`]);
`,
  }, async ({ folder, jug, startJug, names }) => {
    const refused = await jug("execute run.ts", { permissions: ["--allow-read", "--allow-write"] });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no permission to run .*\n {2}Add the flag --allow-run=/);
    const running = startJug("execute run.ts --grace 1s");
    await until(() => names("").includes("pid") && Deno.readTextFileSync(`${folder}/pid`) !== "");
    const pid = Number(Deno.readTextFileSync(`${folder}/pid`));
    running.kill("SIGTERM");
    assert.equal((await running.result).code, 75);
    await until(() => !isAlive(pid));
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > deadline) assert.fail("the condition did not become true");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
