import assert from "node:assert/strict";
import { Graphviz } from "npm:@hpcc-js/wasm-graphviz@1";
import { decode } from "npm:fast-png@8";
import { SaxesParser } from "npm:saxes@6";
import { isJugError } from "../../../../core/errors.ts";
import { summary } from "../../../../engine/analysis/graph/labels.ts";
import type { TaskGraph } from "../../../../engine/analysis/graph/model.ts";
import { FORMATS, type GraphFormat, renderGraph } from "../../../../engine/analysis/graph/render.ts";
import { shortened, textWidth } from "../../../../engine/analysis/graph/text.ts";
import { DARK, graphStyle } from "../../../../web/data/theme.ts";
import { barrierOf, graphOf, nodeOf } from "../../../support/analysis/graphs.ts";

/** Names that are code in one of the formats, and characters that are none. */
const EVIL = [
  `</text><script>alert("1")</script>`,
  `a"b'c&amp;<d>\\N\\"`,
  "\u0000\u001b[31m\u202eevil\n\ud800 ]]> <!-- --",
  'n0["x"] --> n1; `code` {{x}} #35; %% click',
  "日本語の関数",
  "long".repeat(100),
];

const PIPELINE = graphOf(
  [
    nodeOf("m.load", { finished: 12_000 }),
    nodeOf("m.join", { finished: 2, running: 1, failed: 1, ready: 3, waiting: 4 }),
    nodeOf("m.whole", { waiting: 1 }, true),
  ],
  [[0, 1, 12_000], [1, 1, 3], [1, 2, 4]],
  [barrierOf({ before: [1], after: [2] }), barrierOf({ isMet: false, unfinished: 1, before: [2] })],
);

async function textOf(graph: TaskGraph, format: GraphFormat): Promise<string> {
  const { content } = await renderGraph(graph, { format, title: "primes.ts", limit: 500 });
  assert(typeof content === "string");
  return content;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Parses XML strictly. Throws if it is not well-formed. */
function elementsOf(xml: string): Element[] {
  const parser = new SaxesParser();
  const elements: Element[] = [];
  const open: Element[] = [];
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, text: "" };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return elements;
}

function evilGraph(): TaskGraph {
  const place = { file: `file:///tmp/<i>"${encodeURIComponent("\u0007")}.ts`, line: 3 };
  return graphOf(
    EVIL.map((name) => nodeOf(name, { ready: 1, failed: 1 })),
    EVIL.map((_, index) => [index, (index + 1) % EVIL.length, 1]),
    [barrierOf({ isMet: false, place, before: [0] })],
  );
}

Deno.test("the SVG is an accessible picture without ids, scripts and styles, and says each state in words", async () => {
  const svg = await textOf(PIPELINE, "svg");
  const [root, title, desc, ...rest] = elementsOf(svg);
  assert(root && title && desc);
  assert.deepEqual([root.name, root.attributes["role"], title.name, desc.name], ["svg", "img", "title", "desc"]);
  assert.equal(title.text, "Tasks of primes.ts");
  assert.match(desc.text, /^12,012 tasks of 3 functions: .*more tasks may follow the barrier at primes\.ts:12/);
  assert.match(desc.text, /m\.join: 2 finished, 1 running, 1 failed, 3 ready, 4 waiting/);
  assert.match(desc.text, /m\.join needs 12,000 results of m\.load/);
  const texts = rest.filter(({ name }) => name === "text").map(({ text }) => text);
  for (const text of ["m.", "load", "join", "whole", "compound", "12,000", "1 running", "3 ready", "4 waiting"]) {
    assert.ok(texts.includes(text), `${text} is not in ${texts}`);
  }
  assert.ok(texts.includes("barrier at primes.ts:12") && texts.includes("waits for 1 of 2 tasks"), String(texts));
  assert.ok(texts.includes("more tasks may follow the barrier at primes.ts:12"));
  const allowed = ["title", "desc", "g", "rect", "path", "polygon", "text"];
  assert.deepEqual([...new Set(rest.map(({ name }) => name))].filter((name) => !allowed.includes(name)), []);
  for (const { attributes } of [root, ...rest]) {
    for (const name of Object.keys(attributes)) assert.doesNotMatch(name, /^(id|style|href|on)/);
  }
  // A page restyles it by classes: every colour belongs to one.
  const painted = rest.filter(({ name }) => ["rect", "polygon", "text", "path"].includes(name));
  for (const { attributes } of painted) assert.match(attributes["class"] ?? "", /^jug-graph-[a-z]+$/);
  const classes = new Set(painted.map(({ attributes }) => attributes["class"]));
  for (const name of classes) assert.ok(graphStyle(DARK).includes(`.jug-graph .${name} {`), name);
});

Deno.test("names never become code, in any format", async () => {
  const graph = evilGraph();
  for (const format of FORMATS) {
    const { content } = await renderGraph(graph, { format, title: `<b>"\u0007`, limit: 500 });
    if (typeof content !== "string") continue;
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(content, format === "json" ? /[\u0000-\u0009\u001b]/ : /[\u0000-\u0009\u001b\u202e]/);
    assert.ok(content.isWellFormed());
    if (format === "svg" || format === "mermaid") assert.doesNotMatch(content, /<(script|i|b)\b/);
  }
  const elements = elementsOf(await textOf(graph, "svg"));
  assert.equal(elements.some(({ name }) => ["script", "b", "i"].includes(name)), false);
  const titles = elements.filter(({ name }) => name === "title").map(({ text }) => text);
  assert.ok(titles.some((text) => text.includes("long".repeat(100))), "the full name is in a title");
  assert.ok(titles.some((text) => text.includes(EVIL[0] ?? "")));
  const shown = elements.filter(({ name }) => name === "text").map(({ text }) => text);
  assert.ok(shown.every((text) => text.length < 110), "a name is shortened");
});

Deno.test("the PNG has twice the size of the SVG, and shows the text and the colours of the states", async () => {
  const svg = await textOf(PIPELINE, "svg");
  const [, width, height] = / width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const { content, missing } = await renderGraph(PIPELINE, { format: "png", title: "primes.ts", limit: 500 });
  assert(typeof content !== "string");
  assert.deepEqual([...content.slice(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = decode(content);
  assert.deepEqual([image.width, image.height], [2 * Number(width), 2 * Number(height)]);
  const colors = new Map<string, number>();
  for (let at = 0; at < image.data.length; at += image.channels) {
    const color = [...image.data.slice(at, at + 3)].map((part) => part.toString(16).padStart(2, "0")).join("");
    colors.set(color, (colors.get(color) ?? 0) + 1);
  }
  for (const color of ["ffffff", "2e9e6b", "2a7fd4", "c2303c", "f0b93a", "c6ccd3"]) {
    assert.ok((colors.get(color) ?? 0) > 50, `${color}: ${colors.get(color)} pixels`);
  }
  // Without a font, nothing has the colour of the text.
  assert.ok((colors.get("1c2128") ?? 0) > 500, `${colors.get("1c2128")} pixels of text`);
  assert.deepEqual(missing, []);
  const foreign = await renderGraph(evilGraph(), { format: "png", title: "primes.ts", limit: 500 });
  assert.ok(foreign.missing.includes("日") && !foreign.missing.includes("a"), String(foreign.missing));
});

Deno.test("Graphviz accepts the DOT, and shows the names as they are", async () => {
  const graphviz = await Graphviz.load();
  for (const graph of [PIPELINE, evilGraph()]) {
    const dot = await textOf(graph, "dot");
    const svg = elementsOf(graphviz.layout(dot, "svg", "dot"));
    const texts = svg.filter(({ name }) => name === "text").map(({ text }) => text.replaceAll("\u00a0", " "));
    for (const { name } of graph.nodes) {
      // deno-lint-ignore no-control-regex
      const shown = shortened(name.toWellFormed().replace(/[\u0000-\u001f\u202e]/g, "\ufffd"), 48);
      assert.ok(texts.includes(shown), `${JSON.stringify(shown)} is not in ${JSON.stringify(texts)}`);
    }
    assert.ok(
      texts.includes(`barrier at ${graph === PIPELINE ? "primes.ts:12" : '<i>"�.ts:3'}`),
      JSON.stringify(texts),
    );
  }
});

Deno.test("each line of the Mermaid text is of a known form", async () => {
  const text = String.raw`"(?:[\p{L}\p{N} .,:()…�-]|#\d+;|<br/>)+"`;
  const lines = [
    `flowchart TB`,
    String.raw`  n\d+\(${text}\)`,
    String.raw`  n\d+\[\[${text}\]\]`,
    String.raw`  b\d+\{\{${text}\}\}`,
    String.raw`  h\d+\(\[${text}\]\)`,
    String.raw`  \w\d+ -- \d+ --> \w\d+`,
    String.raw`  \w\d+ -\.-> \w\d+`,
    String.raw`  classDef \w+ stroke:#[0-9a-f]{6},stroke-width:2px`,
    String.raw`  class n\d+(?:,n\d+)* \w+`,
    "",
  ];
  const form = new RegExp(`^(?:${lines.join("|")})$`, "u");
  for (const graph of [PIPELINE, evilGraph()]) {
    for (const line of (await textOf(graph, "mermaid")).split("\n")) assert.match(line, form);
  }
  const mermaid = await textOf(PIPELINE, "mermaid");
  assert.match(mermaid, /^ {2}n0\("m\.load<br\/>12,000 finished"\)$/m);
  assert.match(mermaid, /^ {2}n2\[\["m\.whole<br\/>compound, 1 waiting"\]\]$/m);
  assert.match(mermaid, /^ {2}b0 -\.-> n2$/m);
});

Deno.test("the JSON is the model", async () => {
  const json = JSON.parse(await textOf(PIPELINE, "json"));
  assert.equal(json.kind, "functions");
  assert.deepEqual(json.total, { tasks: 12_012, finished: 12_002, running: 1, failed: 1, ready: 3, waiting: 5 });
  assert.deepEqual(json.nodes[2], {
    ...{ name: "m.whole", isCompound: true, tasks: 1 },
    ...{ finished: 0, running: 0, failed: 0, ready: 0, waiting: 1 },
  });
  assert.deepEqual(json.edges[0], { from: 0, to: 1, count: 12_000 });
  assert.deepEqual(json.barriers[1], {
    ...{ file: "file:///home/ann/primes.ts", line: 12, isMet: false, times: 1, waitsFor: 2, unfinished: 1 },
    ...{ before: [2], after: [], follows: [] },
  });
});

Deno.test("more boxes or arrows than the limit are refused with the remedy, and up to the limit they are drawn", async () => {
  const many = graphOf(Array.from({ length: 60 }, (_, index) => nodeOf(`m.f${index}`, { ready: 1 })));
  const options = { title: "primes.ts", format: "svg", limit: 59 } as const;
  await assert.rejects(renderGraph(many, options), (error) => {
    assert(isJugError(error));
    assert.equal(error.kind, "usage");
    assert.match(error.message, /^60 functions are more than a graph shows \(--limit 59\)\n {2}Give --limit 60, /);
    return true;
  });
  await assert.rejects(renderGraph({ ...many, kind: "tasks" }, options), /\n {2}Leave out --tasks, .* --limit 60, /);
  // Boxes without arrows are not in one row.
  const { content } = await renderGraph(many, { ...options, limit: 60 });
  const [, width = 0, height = 0] = (/ width="(\d+)" height="(\d+)"/.exec(String(content)) ?? []).map(Number);
  assert.ok(width < 4 * height && height < 4 * width, `${width} x ${height}`);
  const pairs = many.nodes.flatMap((_, from) => many.nodes.map((_, to) => [from, to, 1] as const));
  await assert.rejects(
    renderGraph(graphOf(many.nodes, pairs), { ...options, limit: 60 }),
    /3,600 arrows are more than a picture can show\n {2}Use --format dot, mermaid or json/,
  );
});

Deno.test("an empty graph is drawn, too", async () => {
  const empty = graphOf([], [], [barrierOf({ isMet: false, waitsFor: 0 })]);
  assert.equal(summary(empty), "0 tasks of 0 functions");
  for (const format of FORMATS) {
    const { content } = await renderGraph(empty, { format, title: "primes.ts", limit: 500 });
    assert.ok(content.length > 20);
  }
  elementsOf(await textOf(graphOf([]), "svg"));
});

Deno.test("texts are measured and shortened by characters, not by code units", () => {
  assert.equal(textWidth("ii", 10), 2 * textWidth("i", 10));
  assert.ok(textWidth("W", 10) > 2 * textWidth("i", 10));
  assert.ok(textWidth("日", 10) >= 10);
  assert.equal(shortened("abcdefghij", 5), "abc…ij".replace("c", ""));
  assert.equal(shortened("😀😀😀😀😀😀", 5), "😀😀…😀😀");
  assert.equal(shortened("short", 5), "short");
});
