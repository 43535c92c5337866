import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { fileURLToPath } from "node:url";
import { until } from "../../support/file/file_processes.ts";
import { runJug } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";
import { hasTmux, type Terminal, withTerminal } from "../../support/terminal/terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

/** A jugfile whose tasks print; the last one waits for a file named go. */
const JUGFILE = `import process from "node:process";
import { taskContext, TaskGenerator } from "jug";
console.log("top level");
const speak = TaskGenerator(function speak(n: number) {
  console.log("said " + n);
  console.error("whispered " + n + "\\nand more");
  process.stderr.write("noted ");
  Deno.stderr.writeSync(new TextEncoder().encode(n + "\\n"));
  if (n === 3) throw new RangeError("three is refused");
  return n;
});
const waits = TaskGenerator(async function waits(before: number) {
  taskContext().progress(0.25, "waiting");
  while (!await Deno.stat("go").catch(() => undefined)) await new Promise((resolve) => setTimeout(resolve, 10));
  console.log("went on after " + before);
});
export const spoken = Array.from({ length: 8 }, (_, n) => speak(n));
export const last = waits(spoken[7]);
`;

/** A jugfile whose task changes its progress note repeatedly, and prints nothing. */
const STEPS = `import { taskContext, TaskGenerator } from "jug";
TaskGenerator(async function steps() {
  for (let n = 0; !await Deno.stat("go").catch(() => undefined); n++) {
    taskContext().progress(0.5, "step " + n);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
})();
`;

interface Place {
  readonly folder: string;
  readonly columns: number;
  readonly env: Readonly<Record<string, string>>;
  /** Source of the jugfile. Default: `JUGFILE`. */
  readonly source?: string;
}

/** Runs the jugfile in a terminal, calls `use` while the last task waits, and returns all that the terminal showed. */
function inTerminal(place: Omit<Place, "folder">, use: (terminal: Terminal) => Promise<void>): Promise<string> {
  return withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/talk.ts`, place.source ?? JUGFILE);
    const jug = [
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      CLI,
      "execute",
      "talk.ts",
      "--keep-going",
      "--concurrency",
      "2",
    ];
    return await withTerminal(jug, { cwd: folder, ...place }, async (terminal) => {
      await use(terminal);
      await Deno.writeTextFile(`${folder}/go`, "");
      await terminal.ended();
      return await terminal.history();
    });
  });
}

/** Asserts that the terminal holds every printed line, complete, and nothing of the progress display. */
function assertIsClean(shown: string, columns: number): void {
  const whole = stripVTControlCharacters(shown).split("\n").map((line) => line.trimEnd()).join("\n");
  assert.match(whole, /^top level$/m);
  for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) {
    for (const said of [`said ${n}`, `whispered ${n}`, "and more", `noted ${n}`]) {
      assert.ok(whole.includes(`\ntalk.speak(${n}) | ${said}\n`), `${n}: ${said} in\n${whole}`);
    }
  }
  assert.match(whole, /^talk\.waits\(<talk\.speak>\) \| went on/m);
  assert.doesNotMatch(whole, /\d\/\d|running|loading/);
  // The terminal breaks lines that are longer than its width.
  assert.match(whole.replaceAll("\n", ""), /jug: talk\.speak\(3\) failed {2}RangeError: three is refused/);
  assert.match(whole, /^Total: *\n? +8 +0 +1\b/m);
  for (const line of whole.split("\n")) assert.ok(line.length <= columns);
}

Deno.test({
  name: "at 80 columns each task function has a line with a bar, below the output of the tasks",
  ignore: !hasTmux,
  fn: async () => {
    const shown = await inTerminal({ columns: 80, env: { NO_COLOR: "" } }, async (terminal) => {
      const screen = await terminal.shows(
        /\ntalk\.speak {2}\[#+-+\] {2}7\/8 {2}1 failed\ntalk\.waits {2}\[-+\] {2}0\/1 {2}1 running, 25 % waiting\ntotal {7}\[#+-+\] {2}7\/9 {2}1 failed/,
      );
      assert.equal(screen.match(/^total /gm)?.length, 1);
      const colored = await terminal.history();
      assert.ok(colored.includes("\x1b[31m1 failed"), colored);
    });
    assertIsClean(shown, 80);
  },
});

Deno.test({
  name: "lines that are redrawn in the upper left corner leave no copies in the scrollback",
  ignore: !hasTmux,
  fn: async () => {
    await inTerminal({ columns: 80, env: {}, source: STEPS }, async (terminal) => {
      const first = /step \d+/.exec(await terminal.shows(/^talk\.steps .* step \d+\ntotal .* 0\/1$/))?.[0];
      await terminal.shows(new RegExp(`^talk\\.steps .* (?!${first}\n)step \\d+\ntotal .* 0/1$`));
      const shown = stripVTControlCharacters(await terminal.history());
      // The terminal may be read in the middle of a redraw.
      assert.ok((shown.match(/^total /gm)?.length ?? 0) <= 1, shown);
    });
  },
});

Deno.test({
  name: "at 40 columns with NO_COLOR the lines show only counts, without colours",
  ignore: !hasTmux,
  fn: async () => {
    const shown = await inTerminal({ columns: 40, env: { NO_COLOR: "1" } }, async (terminal) => {
      await terminal.shows(/\ntalk\.speak {2}7\/8 {2}1 failed\ntalk\.waits {2}0\/1 {2}1 running\ntotal {7}7\/9/);
      assert.equal(await terminal.history(), stripVTControlCharacters(await terminal.history()));
    });
    assertIsClean(shown, 40);
  },
});

Deno.test({
  name: "with stderr in a file, the file gets plain lines, and each line of task output on the terminal names its task",
  ignore: !hasTmux,
  fn: () =>
    withTempDir(async (folder) => {
      await Deno.writeTextFile(`${folder}/talk.ts`, JUGFILE);
      // The file must be there before the shell opens it: it is read from the start.
      await Deno.writeTextFile(`${folder}/log`, "");
      const jug = `'${Deno.execPath()}' run -A --quiet '${CLI}' execute talk.ts --keep-going --concurrency 2 2>log`;
      await withTerminal(["sh", "-c", jug], { cwd: folder, columns: 80 }, async (terminal) => {
        const read = () => Deno.readTextFile(`${folder}/log`);
        const line = /^7 of 9 finished \(7 here\).*, running talk\.waits\(<talk\.speak>\) \(25 % waiting\), 1 failed$/m;
        await until("a line of progress", async () => line.test(await read()) ? true : undefined);
        await Deno.writeTextFile(`${folder}/go`, "");
        await terminal.ended();
        const log = await read();
        assert.equal(log, stripVTControlCharacters(log));
        assert.match(log, /^whispered 0\nand more$/m);
        const shown = await terminal.history();
        assert.match(
          shown,
          /^top level\n(talk\.speak\((\d)\) \| said \2\n){8}talk\.waits\(<talk\.speak>\) \| went on after 7\n/,
        );
        assert.doesNotMatch(shown, /whispered|running/);
      });
    }),
});

Deno.test({
  name: "--quiet hides progress and task output on the terminal, but neither failures nor results",
  ignore: !hasTmux,
  fn: () =>
    withTempDir(async (folder) => {
      await Deno.writeTextFile(`${folder}/talk.ts`, JUGFILE.replace('console.log("top level");', ""));
      await Deno.writeTextFile(`${folder}/go`, "");
      const jug = [Deno.execPath(), "run", "-A", "--quiet", CLI, "execute", "talk.ts", "--keep-going", "--quiet"];
      await withTerminal(jug, { cwd: folder, columns: 80 }, async (terminal) => {
        await terminal.ended();
        const screen = (await terminal.lines()).join("\n");
        assert.match(screen, /^jug: talk\.speak\(3\) failed\n/);
        assert.match(screen, /^Total: +8 +0 +1\b/m);
        assert.doesNotMatch(screen, /said|whispered|loading|went on/);
      });
      const both = await runJug(["execute", "talk.ts", "--quiet", "--verbose", "debug"], { cwd: folder });
      assert.equal(both.code, 2);
      assert.match(both.stderr, /'-q, --quiet' cannot be used with option '--verbose <level>'/);
    }),
});

Deno.test({
  name: "Ctrl-C removes the progress lines from the terminal and reports how the run ended",
  ignore: !hasTmux,
  fn: async () => {
    const shown = await inTerminal({ columns: 80, env: {} }, async (terminal) => {
      await terminal.shows(/talk\.waits .*1 running/);
      await terminal.press("C-c");
      await terminal.ended();
    });
    assert.match(shown, /^SIGINT: giving up the running tasks/m);
    assert.match(shown, /ended by SIGINT/);
    assert.doesNotMatch(shown, /^total /m);
  },
});
