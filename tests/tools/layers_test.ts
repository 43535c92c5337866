import assert from "node:assert/strict";
import { crowdedFolders, importCircles, importsOf, LAYERS, upwardImports } from "../../tools/layers.ts";

Deno.test("imports of types, over several lines, of modules loaded later and of threads are found, but none in comments", () => {
  const source = `/**
 * import { a } from "./in_a_comment.ts";
 */
import { b } from "./b.ts";
import type {
  C,
} from "../c.ts";
export { d } from "./d.ts";
import "./e.ts";
// import { f } from "./f.ts";
const g = await import("../../g.ts");
import { h } from "npm:h@1";
new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
`;
  assert.deepEqual(importsOf("engine/run/run.ts", source), [
    "engine/run/b.ts",
    "engine/c.ts",
    "engine/run/d.ts",
    "engine/run/e.ts",
    "g.ts",
    "engine/run/thread.ts",
  ]);
});

Deno.test("an import of a higher layer is found, both between folders of one layer and between layers", () => {
  const findings = upwardImports(
    new Map([
      ["core/value/hash.ts", ["core/session/session.ts"]],
      ["engine/graph/graph.ts", ["core/brand.ts", "engine/worker/worker.ts"]],
      ["commands/inspect/status.ts", ["commands/main.ts", "commands/cli/command.ts"]],
      ["backends/file/claims/claims.ts", ["backends/file/layout.ts", "engine/results/owner.ts"]],
    ]),
  );
  assert.deepEqual(findings, [
    "core/value/hash.ts imports core/session/session.ts, which is in a higher layer",
    "engine/graph/graph.ts imports engine/worker/worker.ts, which is in a higher layer",
    "commands/inspect/status.ts imports commands/main.ts, which is in a higher layer",
    "backends/file/claims/claims.ts imports engine/results/owner.ts, which is in a higher layer",
  ]);
});

Deno.test("a file whose folder is in no layer is found", () => {
  assert.deepEqual(upwardImports(new Map([["engine/cluster/slurm.ts", []]]), LAYERS), [
    "engine/cluster/slurm.ts is in no layer: add its folder to tools/layers.ts",
  ]);
});

Deno.test("each circle of imports is found once", () => {
  const imports = new Map([
    ["a.ts", ["b.ts", "c.ts"]],
    ["b.ts", ["c.ts"]],
    ["c.ts", ["a.ts"]],
    ["d.ts", ["a.ts"]],
  ]);
  assert.deepEqual(importCircles(imports), ["a.ts > b.ts > c.ts > a.ts"]);
  assert.deepEqual(importCircles(new Map([["a.ts", ["b.ts"]], ["b.ts", []], ["c.ts", ["a.ts", "b.ts"]]])), []);
});

Deno.test("a folder with more than twenty files is found", () => {
  const files = Array.from({ length: 21 }, (_, i) => `engine/run/f${i}.ts`);
  assert.deepEqual(crowdedFolders(files), ["engine/run/ contains 21 files; the limit is 20"]);
  assert.deepEqual(crowdedFolders(files.slice(1)), []);
});
