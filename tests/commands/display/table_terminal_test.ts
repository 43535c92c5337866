import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "npm:string-width@8";
import { withProject } from "../../support/project.ts";
import { hasTmux, withTerminal } from "../../support/terminal/terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

const SOURCE = `import { TaskGenerator } from "jug";
const long = TaskGenerator(function annotateEverythingThatWasFoundInTheGenome(n: number) {
  if (n === 2) throw new RangeError("two is refused, since it can be divided by one and by itself only");
  return n;
});
const wide = TaskGenerator((n: number) => n, { name: "素数を判定する🚀関数" });
const f = TaskGenerator(function f(n: number, _m: number) { return n; });
for (const n of [1, 2, 3]) f(wide(n), long(n));
`;

Deno.test({
  name: "on terminals of 40, 80 and 120 columns no table row and no line of help wraps",
  ignore: !hasTmux,
  fn: () =>
    withProject({ "genomes.ts": SOURCE }, async ({ folder, jug }) => {
      assert.equal((await jug("execute genomes.ts --keep-going")).code, 1);
      const run = [Deno.execPath(), "run", "-A", "--quiet", "--no-lock", CLI];
      const all = ["status genomes.ts", "failures genomes.ts", "help", "help execute"].map((words) =>
        `"$@" ${words}; echo`
      );
      const command = ["sh", "-c", `${all.join("; ")}; printf end; sleep 600`, "sh", ...run];
      for (const columns of [40, 80, 120]) {
        await withTerminal(command, { cwd: folder, columns, rows: 200, env: { NO_COLOR: "" } }, async (terminal) => {
          await terminal.shows(/^end$/m);
          const lines = await terminal.lines();

          for (const line of lines) assert.ok(stringWidth(line) < columns, line);
          const text = lines.join("\n");
          assert.match(text, /^Task name/);
          assert.match(text, /Failed.*Waiting.*Ready.*Finished.*Running/);
          assert.match(text, /素数を判定する🚀関数/);
          assert.match(text, /^ {2}\w{8} {2}genomes\.annot/m);
          if (columns === 40) assert.match(text, /^genomes\.annotate\S*…\S*InTheGenome$/m);
          if (columns === 120) assert.match(text, /^genomes\.annotateEverythingThatWasFoundInTheGenome /m);
          const shown = await terminal.history();
          assert.notEqual(shown, stripVTControlCharacters(shown), "no colours");
        });
      }
    }),
});

Deno.test({
  name: "NO_COLOR turns off colours on the terminal, and a pipe gets neither colours nor shortened names",
  ignore: !hasTmux,
  fn: () =>
    withProject({ "genomes.ts": SOURCE }, async ({ folder }) => {
      const run = [Deno.execPath(), "run", "-A", "--quiet", "--no-lock", CLI];
      const words = '"$@" status genomes.ts; "$@" stat; "$@" status genomes.ts | cat >piped; printf end; sleep 600';
      const options = { cwd: folder, columns: 40, env: { NO_COLOR: "1" } };
      await withTerminal(["sh", "-c", words, "sh", ...run], options, async (terminal) => {
        await terminal.shows(/^end$/m);
        const shown = await terminal.history();
        assert.equal(shown, stripVTControlCharacters(shown));
        assert.match(shown, /^jug: unknown subcommand 'stat'$/m);
        const piped = await Deno.readTextFile(`${folder}/piped`);
        assert.equal(piped, stripVTControlCharacters(piped));
        assert.match(piped, /^genomes\.annotateEverythingThatWasFoundInTheGenome +0 +3 +0 +0$/m);
      });
    }),
});
