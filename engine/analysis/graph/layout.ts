/**
 * Places the boxes and arrows of a picture, with Graphviz compiled to WebAssembly.
 *
 * @module
 */
import { Graphviz } from "npm:@hpcc-js/wasm-graphviz@1";
import { isRecord } from "../../../core/is_record.ts";
import type { Arrow, Picture } from "./picture.ts";

/** The size of a box, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point of the picture, in pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow and its way. */
export interface PlacedArrow {
  readonly arrow: Arrow;
  /** The points of a Bézier curve: the start, then three for each piece. */
  readonly points: readonly Point[];
  /** The middle of its label, if it has one. */
  readonly label: Point | undefined;
}

/** A picture with places. */
export interface Layout extends Size {
  /** The middle of each box, in the order of the picture. */
  readonly boxes: readonly Point[];
  readonly arrows: readonly PlacedArrow[];
}

/** How a picture is laid out. */
export interface LayoutOptions {
  /**
   * Whether arrows point down or to the right. Downwards is better for few boxes in a row, to the right for many, since
   * boxes are wider than high.
   */
  readonly direction: "down" | "right";
  /** The size of each box, in the order of the picture. */
  readonly sizes: readonly Size[];
  /** The size of an arrow's label; `undefined` if it has none. */
  readonly labelOf: (arrow: Arrow) => Size | undefined;
}

/** Graphviz measures boxes in inches and places in points; a point is a pixel of the picture. */
const INCH = 72;
/** So many or more boxes without arrows are arranged in rows below the others. Graphviz would put them in one row. */
const MANY = 6;
/** The space between these boxes. */
const GAP = 14;
/** The width of these rows, as a multiple of their height. */
const RATIO = 1.5;
/** If so many boxes beside each other have arrows to the same box, they are staggered. */
const FAN = 8;

/** Lays out a picture. Takes some seconds for a thousand boxes. */
export async function layOut(picture: Picture, options: LayoutOptions): Promise<Layout> {
  const { boxes, arrows } = picture;
  const linked = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const isAlone = boxes.map(({ id }) => !linked.has(id));
  const alone = isAlone.filter(Boolean).length;
  if (alone < MANY) return await layOutLinked(picture, options);
  const own = boxes.filter((_, index) => !isAlone[index]);
  const sizes = options.sizes.filter((_, index) => !isAlone[index]);
  const above = own.length === 0
    ? { width: 0, height: 0, boxes: [], arrows: [] }
    : await layOutLinked({ boxes: own, arrows }, { ...options, sizes });
  const rows = inRows(options.sizes.filter((_, index) => isAlone[index]), above.width);
  const top = above.height === 0 ? 0 : above.height + 2 * GAP;
  const width = Math.max(above.width, rows.width);
  const shift = (width - above.width) / 2;
  const moved = (point: Point): Point => ({ ...point, x: point.x + shift });
  const [places, others] = [above.boxes.values(), rows.boxes.values()];
  return {
    width,
    height: top + rows.height,
    boxes: isAlone.map((alone) => {
      const { x, y } = (alone ? others : places).next().value ?? { x: 0, y: 0 };
      return alone ? { x, y: y + top } : moved({ x, y });
    }),
    arrows: above.arrows.map(({ arrow, points, label }) => ({
      arrow,
      points: points.map(moved),
      label: label && moved(label),
    })),
  };
}

/** Arranges boxes in rows of equal cells, at least as wide together as `width` if there are enough. */
function inRows(sizes: readonly Size[], width: number): Omit<Layout, "arrows"> {
  const cell = sizes.reduce(
    (most, { width, height }) => ({
      width: Math.max(most.width, width + GAP),
      height: Math.max(most.height, height + GAP),
    }),
    { width: GAP, height: GAP },
  );
  const even = Math.sqrt(sizes.length * RATIO * cell.height / cell.width);
  const columns = Math.min(sizes.length, Math.max(Math.ceil(even), Math.floor((width + GAP) / cell.width)));
  const middle = (index: number, cell: number) => index * cell + (cell - GAP) / 2;
  return {
    width: columns * cell.width - GAP,
    height: Math.ceil(sizes.length / columns) * cell.height - GAP,
    boxes: sizes.map((_, index) => ({
      x: middle(index % columns, cell.width),
      y: middle(Math.floor(index / columns), cell.height),
    })),
  };
}

async function layOutLinked(picture: Picture, options: LayoutOptions): Promise<Layout> {
  const graphviz = await Graphviz.load();
  const stagger = staggerOf(picture, options);
  const source = layoutSource(picture, options);
  const dot = stagger === 0 ? source : graphviz.unflatten(source, stagger, true);
  return readLayout(graphviz.layout(dot, "json", "dot"), picture);
}

/** Returns over how many rows boxes with arrows to the same box are staggered; 0 if they need not be. */
function staggerOf({ arrows }: Picture, { direction }: LayoutOptions): number {
  if (direction === "right") return 0;
  const fans = new Map<string, number>();
  let widest = 0;
  for (const { from, to } of arrows) {
    for (const key of [`from ${from}`, `to ${to}`]) {
      const count = (fans.get(key) ?? 0) + 1;
      fans.set(key, count);
      widest = Math.max(widest, count);
    }
  }
  return widest < FAN ? 0 : Math.ceil(Math.sqrt(widest / 2));
}

/** Returns the picture in the language of Graphviz: sizes without texts. */
function layoutSource(picture: Picture, options: LayoutOptions): string {
  const { sizes, labelOf, direction } = options;
  const inches = (pixels: number) => (pixels / INCH).toFixed(3);
  const boxes = picture.boxes.map(({ id }, index) => {
    const { width = 0, height = 0 } = sizes[index] ?? {};
    return `${id} [width=${inches(width)} height=${inches(height)}]`;
  });
  const arrows = picture.arrows.map((arrow, index) => {
    const size = labelOf(arrow);
    const label = size === undefined ? "" : ` label=<<table border="0" cellborder="0" fixedsize="true" ` +
      `width="${Math.ceil(size.width)}" height="${Math.ceil(size.height)}"><tr><td></td></tr></table>>`;
    return `${arrow.from} -> ${arrow.to} [id=${index}${label}]`;
  });
  return [
    "digraph {",
    direction === "down" ? "graph [nodesep=0.35 ranksep=0.5]" : "graph [rankdir=LR nodesep=0.15 ranksep=0.5]",
    'node [shape=box fixedsize=true label=""]',
    "edge [arrowhead=none]",
    ...boxes,
    ...arrows,
    "}",
  ].join("\n");
}

/** Reads what Graphviz wrote (https://graphviz.org/docs/outputs/json/). Its y axis points upwards. */
function readLayout(text: string, { boxes, arrows }: Picture): Layout {
  const json: unknown = JSON.parse(text);
  const [, , width = 0, height = 0] = numbersIn(textOf(json, "bb"));
  const point = ([x = 0, y = 0]: readonly number[]): Point => ({ x, y: height - y });
  const objects = listOf(json, "objects");
  const places = new Map(objects.map((object) => [textOf(object, "name"), point(numbersIn(textOf(object, "pos")))]));
  // Graphviz writes them in an order of its own.
  const edges = new Map(listOf(json, "edges").map((edge) => [textOf(edge, "id"), edge]));
  return {
    width,
    height,
    boxes: boxes.map(({ id }) => places.get(id) ?? { x: 0, y: 0 }),
    arrows: arrows.map((arrow, index) => {
      const edge = edges.get(String(index));
      const label = textOf(edge, "lp");
      return {
        arrow,
        points: textOf(edge, "pos").split(" ").map((pair) => point(numbersIn(pair))),
        label: label === "" ? undefined : point(numbersIn(label)),
      };
    }),
  };
}

function numbersIn(text: string): number[] {
  return text.split(",").map(Number);
}

function textOf(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === "string" ? found : "";
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
