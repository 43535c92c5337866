/** Runs every code block of every page. CONTRIBUTING.md explains the markers. */
import assert from "node:assert/strict";
import { allPages } from "../support/docs/all_pages.ts";
import { isRun, runPage } from "../support/docs/run_page.ts";

for (const page of allPages()) {
  for (const { line, markers: { notRun } } of page.blocks) {
    if (notRun === undefined) continue;
    Deno.test({ name: `${page.path}:${line} is not run: ${notRun}`, ignore: true, fn() {} });
  }
  if (!page.blocks.some(isRun)) continue;
  Deno.test(`the code blocks of ${page.path} run, and print what it shows`, async () => {
    const findings = await runPage(page);
    assert.equal(findings.length, 0, `\n${findings.join("\n\n")}`);
  });
}
