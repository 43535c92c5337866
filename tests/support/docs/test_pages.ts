/**
 * Tests that run the code blocks of pages. CONTRIBUTING.md explains the markers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { allPages } from "./all_pages.ts";
import { isRun, runPage } from "./run_page.ts";

/** Registers a test for each page that is meant, and a skipped one for each block that cannot run. */
export function testPages(isMeant: (path: string) => boolean): void {
  for (const page of allPages().filter(({ path }) => isMeant(path))) {
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
}

function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => existsSync(`${folder}/${program}`));
}
