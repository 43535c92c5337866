/** Runs every code block of every page. CONTRIBUTING.md explains the markers. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { allPages } from "../support/docs/all_pages.ts";
import { isRun, runPage } from "../support/docs/run_page.ts";

function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => existsSync(`${folder}/${program}`));
}

for (const page of allPages()) {
  for (const { line, markers: { notRun } } of page.blocks) {
    if (notRun === undefined) continue;
    Deno.test({ name: `${page.path}:${line} is not run: ${notRun}`, ignore: true, fn() {} });
  }
  if (!page.blocks.some(isRun)) continue;
  const missing = page.needs.filter((program) => !isInstalled(program));
  const reason = missing.length === 0 ? "" : ` (needs ${missing.join(", ")})`;
  Deno.test({
    name: `the code blocks of ${page.path} run, and print what it shows${reason}`,
    ignore: missing.length > 0,
    async fn() {
      const findings = await runPage(page);
      assert.equal(findings.length, 0, `\n${findings.join("\n\n")}`);
    },
  });
}
