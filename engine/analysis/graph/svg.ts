/**
 * Draws a graph as SVG.
 *
 * The picture stands alone and can be embedded in a page: it has no ids and no style sheet, so that two pictures on a
 * page do not disturb each other. Colours are attributes; theme.ts names the classes by which a page changes them. A
 * screen reader gets the whole graph as the description of one picture.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import { type BoxLook, boxLook } from "./box_look.ts";
import { drawBox } from "./draw_box.ts";
import { drawLegend, legendOf } from "./legend.ts";
import { barrierName, hiddenNotice, nodeFacts, nodeName, summary } from "./labels.ts";
import { type Layout, layOut, type PlacedArrow, type Point } from "./layout.ts";
import type { TaskGraph } from "./model.ts";
import { type Arrow, type Picture, pictureOf } from "./picture.ts";
import { attributes, element, escaped, FONT, number, pathOf, textElement } from "./svg_parts.ts";
import { textWidth } from "./text.ts";

/** Options of {@linkcode drawSvg}. */
export interface SvgOptions {
  /** What the graph is of, for the title of the picture: the jugfile. */
  readonly title: string;
}

/** The space around everything, in pixels. */
const MARGIN = 16;
/** The space between graph and legend. */
const LEGEND_GAP = 22;
const LABEL_SIZE = 10.5;
/** The most facts that a screen reader gets. */
const DESCRIBED = 100;

/** Returns a picture of the graph. */
export async function drawSvg(graph: TaskGraph, { title }: SvgOptions): Promise<string> {
  const picture = pictureOf(graph);
  const looks = picture.boxes.map(boxLook);
  const layout = await layOut(picture, {
    sizes: looks,
    direction: graph.kind === "functions" ? "down" : "right",
    labelOf: (arrow) => labelSize(graph, arrow),
  });
  const legend = legendOf(graph, layout.width);
  const width = Math.ceil(Math.max(layout.width, legend.width) + 2 * MARGIN);
  const height = Math.ceil(layout.height + LEGEND_GAP + legend.height + 2 * MARGIN);
  const content = [
    element("title", {}, escaped(`Tasks of ${title}`)),
    element("desc", {}, escaped(description(graph, picture))),
    element("rect", { class: "jug-graph-paper", width, height }),
    drawGraph(graph, { looks, layout, left: (width - layout.width) / 2 }),
    drawLegend(legend, { x: (width - legend.width) / 2, y: MARGIN + layout.height + LEGEND_GAP }),
  ];
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "jug-graph",
    role: "img",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": FONT,
  };
  return `<svg${attributes(root)}>\n${content.join("\n")}\n</svg>\n`;
}

function labelSize({ kind }: TaskGraph, { count }: Arrow) {
  // Between single tasks, each arrow stands for one dependency.
  if (count === undefined || kind === "tasks") return undefined;
  return { width: textWidth(labelText(count), LABEL_SIZE) + 6, height: LABEL_SIZE + 3 };
}

function labelText(count: number): string {
  return count.toLocaleString("en-US");
}

interface Drawn {
  readonly looks: readonly BoxLook[];
  readonly layout: Layout;
  readonly left: number;
}

function drawGraph(graph: TaskGraph, { looks, layout, left }: Drawn): string {
  const moved = { transform: `translate(${number(left)} ${MARGIN})` };
  const nothing: Point = { x: 0, y: 0 };
  const boxes = looks.map((look, index) => drawBox(look, layout.boxes[index] ?? nothing));
  const arrows = layout.arrows.map((placed) => drawArrow(graph, placed));
  return element("g", moved, `\n${[...arrows, ...boxes].join("\n")}\n`);
}

function drawArrow(graph: TaskGraph, { arrow, points, label }: PlacedArrow): string {
  const { count } = arrow;
  const [tip, control] = [points.at(-1), points.at(-2)];
  if (tip === undefined || control === undefined) return "";
  const isOfBarrier = count === undefined;
  // The more dependencies, the thicker, as far as it stays an arrow.
  const thickness = isOfBarrier ? 1 : Math.min(3, 1 + 0.4 * Math.log10(count));
  const head = arrowHead(control, tip, 5 + thickness);
  const line = element("path", {
    class: "jug-graph-line",
    d: pathOf([...points.slice(0, -1), head.base]),
    fill: "none",
    "stroke-width": number(thickness),
    ...(isOfBarrier ? { "stroke-dasharray": "4 3" } : {}),
  });
  const parts = [
    line,
    element("polygon", {
      class: "jug-graph-faint",
      points: head.corners.map((p) => `${number(p.x)},${number(p.y)}`).join(" "),
    }),
  ];
  if (label !== undefined && count !== undefined) {
    const at = { x: label.x, y: label.y + LABEL_SIZE * 0.35 };
    parts.push(textElement(labelText(count), at, { size: LABEL_SIZE, part: "faint", anchor: "middle" }));
  }
  return element("g", {}, element("title", {}, escaped(arrowTitle(graph, arrow))) + parts.join(""));
}

/** Returns the corners of the head of an arrow, and the middle of its back, where the line ends. */
function arrowHead(control: Point, tip: Point, length: number): { base: Point; corners: Point[] } {
  const distance = Math.hypot(tip.x - control.x, tip.y - control.y) || 1;
  const [dx, dy] = [(tip.x - control.x) / distance, (tip.y - control.y) / distance];
  const base = { x: tip.x - dx * length, y: tip.y - dy * length };
  const half = length * 0.42;
  const side = (sign: number) => ({ x: base.x - sign * dy * half, y: base.y + sign * dx * half });
  return { base: { x: tip.x - dx * length * 0.8, y: tip.y - dy * length * 0.8 }, corners: [tip, side(1), side(-1)] };
}

function arrowTitle({ nodes, barriers }: TaskGraph, { from, to, count }: Arrow): string {
  const nameOf = (id: string) => {
    const index = Number(id.slice(1));
    const [node, barrier] = [nodes[index], barriers[index]];
    if (id.startsWith("n")) return node === undefined ? "" : nodeName(node);
    return barrier === undefined ? "" : id.startsWith("b") ? barrierName(barrier) : "what may follow";
  };
  if (count === undefined) return `${nameOf(from)}, then ${nameOf(to)}`;
  return `${nameOf(to)} needs ${counted(count, "result")} of ${nameOf(from)}`;
}

/** Describes the graph in words, for screen readers and search engines. */
function description(graph: TaskGraph, picture: Picture): string {
  const facts = [
    ...graph.nodes.map((node) => `${nodeName(node)}: ${nodeFacts(node)}`),
    ...picture.arrows.flatMap((arrow) => arrow.count === undefined ? [] : [arrowTitle(graph, arrow)]),
  ];
  const shown = facts.slice(0, DESCRIBED);
  if (facts.length > shown.length) shown.push(`and ${facts.length - shown.length} facts more`);
  const hidden = graph.barriers.filter(({ isMet }) => !isMet).map(hiddenNotice);
  return [summary(graph), ...hidden, ...shown].join(". ");
}
