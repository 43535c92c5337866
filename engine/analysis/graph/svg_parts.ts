/**
 * Writes single elements of SVG.
 *
 * @module
 */
import type { Point } from "./layout.ts";
import { safeText, textWidth, type Weight } from "./text.ts";
import { LIGHT, type Part } from "../../../web/data/theme.ts";

/** The fonts of a picture: the first that the reader has. PNGs are drawn with Inter. */
export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";

/** The values of an element's attributes, by name. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Returns text for content and attributes. */
export function escaped(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns a number with at most two digits after the point. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Returns attributes, each after a space. The class of a part of the picture brings its colour. */
export function attributes(values: Attributes): string {
  const part = String(values["class"] ?? "").replace("jug-graph-", "");
  const color = isPart(part) ? { [part === "line" ? "stroke" : "fill"]: LIGHT[part] } : {};
  return Object.entries({ ...color, ...values }).map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join(
    "",
  );
}

function isPart(name: string): name is Part {
  return Object.hasOwn(LIGHT, name);
}

/** Returns an element. `content` is SVG. */
export function element(name: string, values: Attributes, content = ""): string {
  return content === "" ? `<${name}${attributes(values)}/>` : `<${name}${attributes(values)}>${content}</${name}>`;
}

/** The look of a text. */
export interface TextLook {
  readonly size: number;
  readonly part: Part;
  readonly weight?: Weight;
  readonly anchor?: "start" | "middle";
}

/** Returns a text with its baseline at `at`. */
export function textElement(text: string, at: Point, { size, part, weight, anchor = "start" }: TextLook): string {
  return element("text", {
    class: `jug-graph-${part}`,
    x: number(at.x),
    y: number(at.y),
    "font-size": size,
    ...(weight === "bold" ? { "font-weight": 700 } : {}),
    ...(anchor === "middle" ? { "text-anchor": "middle" } : {}),
  }, escaped(text));
}

/** Returns the path of a Bézier curve: its start, then three points for each piece. */
export function pathOf([start, ...rest]: readonly Point[]): string {
  const pair = ({ x, y }: Point) => `${number(x)},${number(y)}`;
  return start === undefined ? "" : `M${pair(start)}C${rest.map(pair).join(" ")}`;
}

/** Returns the width of a text with this look. */
export function widthOf(text: string, { size, weight }: Pick<TextLook, "size" | "weight">): number {
  return textWidth(safeText(text), size, weight);
}
