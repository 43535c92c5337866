import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { allPages } from "../support/docs/all_pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A link to somewhere in the checkout. */
interface Inner {
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Resolves a link of a page; `undefined` if it leads elsewhere. */
function resolve(from: string, link: string): Inner | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  return { path: path === "" ? from : normalize(join(dirname(from), path)), anchor };
}

Deno.test("every link inside the repository leads to a file, and to a heading where it names one", () => {
  const pages = new Map(allPages().map((page) => [page.path, page]));
  const findings: string[] = [];
  for (const page of pages.values()) {
    for (const link of page.links) {
      const inner = resolve(page.path, link);
      if (inner === undefined) continue;
      if (!existsSync(`${ROOT}${inner.path}`)) findings.push(`${page.path}: ${link} leads nowhere`);
      const anchors = pages.get(inner.path)?.anchors;
      if (inner.anchor === undefined || anchors === undefined || anchors.has(inner.anchor)) continue;
      findings.push(`${page.path}: ${link} names no heading of ${inner.path}`);
    }
  }
  assert.deepEqual(findings, []);
});

Deno.test("every page of docs can be reached from docs/README.md, and that from README.md", () => {
  const pages = new Map(allPages().map((page) => [page.path, page]));
  const reachable = (start: string) => {
    const seen = new Set([start]);
    for (const path of seen) {
      for (const link of pages.get(path)?.links ?? []) {
        const inner = resolve(path, link);
        if (inner !== undefined && pages.has(inner.path)) seen.add(inner.path);
      }
    }
    return seen;
  };
  const found = reachable("docs/README.md");
  assert.deepEqual([...pages.keys()].filter((path) => path.startsWith("docs/") && !found.has(path)), []);
  assert.ok(pages.get("README.md")?.links.includes("docs/README.md"), "README.md links to docs/README.md");
});
