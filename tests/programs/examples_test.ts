import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { copyFolder } from "../support/copy_folder.ts";
import { type Project, withProject } from "../support/project.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples", import.meta.url));

/** Calls `use` with a copy of an example, since results are stored beside the jugfile. */
function withExample(name: string, use: (project: Project) => Promise<void>): Promise<void> {
  return withProject({}, (project) => {
    copyFolder(`${EXAMPLES}/${name}`, `${project.folder}/${name}`);
    return use(project);
  });
}

/** Runs `jug` with these words, asserts that it succeeds, and returns its output. */
async function jug(project: Project, words: string): Promise<string> {
  const { code, stdout, stderr } = await project.jug(words);
  assert.equal(code, 0, `jug ${words}: ${stderr}`);
  return stdout;
}

async function script(project: Project, name: string): Promise<string> {
  const { code, stdout, stderr } = await project.script(name);
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("examples/text finds words of each member, and its script prints them", () =>
  withExample("text", async (project) => {
    const table = await jug(project, `execute text/text.ts --workers 2`);
    assert.match(table, /^text\.characterise +6 +0\b/m);
    const lines = (await script(project, "text/print_results.ts")).trim().split("\n");
    assert.equal(lines.length, 6);
    assert.equal(lines[1], "Bryn Calloway: railway trains signals");
    assert.match(lines[3] ?? "", /^Dougal Finch: bees hills/);
  }));

Deno.test("examples/decrypt finds the key among twelve million, and its script prints the message", () =>
  withExample("decrypt", async (project) => {
    const table = await jug(project, `execute decrypt/decrypt.ts --workers 2`);
    assert.match(table, /^decrypt\.tryKeys +26 +0\b/m);
    assert.match(await script(project, "decrypt/print_results.ts"), /^Meet me under .*\n\n {4}The key was "olive"\n$/);
  }));

Deno.test("examples/wordcount counts the same in plain tasks and in a compound task", () =>
  withExample("wordcount", async (project) => {
    const jugfile = "wordcount/wordcount.ts";
    await jug(project, `execute ${jugfile}`);
    const plain: Record<string, number> = JSON.parse(await jug(project, `value ${jugfile} counts --json`));
    assert.equal(plain.the, 15);
    assert.deepEqual(JSON.parse(await jug(project, `value ${jugfile} compound --json`)), plain);
  }));

Deno.test("examples/sweep reports the best pair of gains and draws the surface as SVG", () =>
  withExample("sweep", async (project) => {
    const jugfile = "sweep/sweep.ts";
    await jug(project, `execute ${jugfile} 6 --workers 2`);
    const best: { spring: number; damping: number; cost: number } = JSON.parse(
      await jug(project, `value ${jugfile} best --json -- 6`),
    );
    const trials: { cost: number }[] = JSON.parse(await jug(project, `value ${jugfile} trials --json -- 6`));
    assert.equal(trials.length, 36);
    assert.equal(best.cost, Math.min(...trials.map(({ cost }) => cost)));
    const svg = await jug(project, `value ${jugfile} surface -- 6`);
    assert.match(svg, /^<svg [\s\S]*<\/svg>\n$/);
    assert.ok(svg.includes(`best: spring ${best.spring.toFixed(2)}, damping ${best.damping.toFixed(2)}`));
  }));

Deno.test("examples/segment scores both methods, and prints the scores as CSV", () =>
  withExample("segment", async (project) => {
    const jugfile = "segment/segment.ts";
    await jug(project, `execute ${jugfile} --workers 2`);
    const csv = await jug(project, `value ${jugfile} scores --csv`);
    assert.match(csv, /^image,mean,otsu\ndisc1\.png,0\.\d+,0\.\d+\n(disc\d\.png,.*\n){3}$/);
    const { mean, otsu }: { mean: number; otsu: number } = JSON.parse(
      await jug(project, `value ${jugfile} summary --json`),
    );
    assert.ok(otsu > 0.8 && otsu > mean, `otsu ${otsu}, mean ${mean}`);
  }));

Deno.test("examples/fetch sends 200 requests to its server, and none in a second run", () =>
  withExample("fetch", async (project) => {
    assert.equal(await script(project, "fetch/run.ts"), "201 tasks run, 200 requests served, 39900 words\n");
    assert.equal(await script(project, "fetch/run.ts"), "0 tasks run, 0 requests served, 39900 words\n");
  }));
