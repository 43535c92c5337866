import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "npm:string-width@8";
import { subcommands } from "../../../commands/subcommands.ts";
import type { HelpArea } from "../../../commands/display/help_layout.ts";
import { openTextFit } from "../../../commands/display/text_fit.ts";
import { parseCommandLine } from "../../../commands/cli/parse.ts";

function help(args: readonly string[], area?: HelpArea): string {
  const found = parseCommandLine(args, subcommands, "1.2.3", area);
  if (found.kind !== "shown") assert.fail("was not shown but run");
  return found.text;
}

/** Returns the words of a text, regardless of line breaks. */
function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

Deno.test("help fits every terminal of at least 40 columns, and is never broken inside a word", () => {
  for (const args of [["--help"], ...subcommands.map((command) => ["help", command.name])]) {
    const whole = help(args);
    for (const columns of [40, 41, 47, 55, 64, 79, 80, 100, 101, 120]) {
      const shown = help(args, { columns, color: false });
      // Examples are not broken, so that they can be copied.
      const lines = shown.split("\n").filter((line) => !line.startsWith("  jug "));
      for (const line of lines) assert.ok(line.length < columns, `${columns}: ${line}`);
      assert.deepEqual(words(shown), words(whole), `${columns}: ${args}`);
    }
    const colored = help(args, { columns: 80, color: true });
    assert.notEqual(colored, stripVTControlCharacters(colored));
    assert.equal(stripVTControlCharacters(colored), help(args, { columns: 80, color: false }));
  }
});

Deno.test("a description goes below its option if there is no room beside it", () => {
  const wide = help(["help", "invalidate"], { columns: 80, color: false });
  assert.match(wide, /^ {2}--yes {26}do not ask before removing results, even on a\n {33}terminal$/m);
  const narrow = help(["help", "invalidate"], { columns: 40, color: false });
  assert.match(narrow, /^Usage: jug invalidate \[JUGFILE/);
  assert.match(narrow, /^ {2}--yes\n {6}do not ask before removing\n {6}results, even on a terminal$/m);
});

Deno.test("text is wrapped between words or shortened in the middle, and fits any width of the terminal", async () => {
  const call = "genomes.annotateEverythingThatWasFound(3, { title: '素数を判定する 🚀 関数のための関数' })";
  const parts = [call, "2026-03-05T12:00:00.000Z", "host", "process 123", "attempt 1"];
  for (let columns = 40; columns <= 160; columns++) {
    const fit = await openTextFit(columns);
    const row = fit.row("  421c1d02  ", parts);
    const wrapped = fit.wrap("  RangeError: three is refused, since 素数 can be divided by one and by itself only", 2);
    const short = fit.shorten(`    at ${call} (file:///home/ann/genomes.ts:2:155)`);
    for (const line of [...row.split("\n"), ...wrapped.split("\n"), short]) {
      assert.ok(stringWidth(line) < columns, `${columns}: ${line}`);
    }
    assert.match(short, /genomes\.ts:2:155\)$/);
    assert.match(row, /\bprocess 123\b/);
    assert.match(row, /\battempt 1$/);
  }
  const fit = await openTextFit(40);
  assert.equal(
    fit.row("  421c1d02  ", ["m.f(1)", "2026-03-05T12:00:00.000Z", "host", "process 123", "attempt 1"]),
    "  421c1d02  m.f(1),\n" +
      "            2026-03-05T12:00:00.000Z,\n" +
      "            host, process 123,\n" +
      "            attempt 1",
  );
  assert.equal(
    fit.wrap("  cannot read http://example.org/a/long/address/of/data.json", 2),
    "  cannot read\n    http://example.org/a/long/address/of/data.json",
    "a URL is not broken",
  );
});

Deno.test("without a terminal, nothing is wrapped or shortened", async () => {
  const fit = await openTextFit(undefined);
  const long = "x ".repeat(200);
  assert.deepEqual([fit.wrap(long, 2), fit.shorten(long), fit.row("> ", [long, "y"])], [long, long, `> ${long}, y`]);
});
