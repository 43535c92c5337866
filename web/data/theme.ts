/**
 * The colours of pictures. In an SVG they are attributes, which any style sheet of the page around it overrides, by the
 * classes named here.
 *
 * @module
 */
import type { StateName } from "./report_data.ts";

/** The parts of a picture that have a colour. The class of a part is `jug-graph-` and its name. */
export type Part = StateName | "paper" | "box" | "line" | "barrier" | "text" | "faint";

/** The colours of each part. States differ in lightness too, so that they can be told apart in print. */
export type Theme = Readonly<Record<Part, string>>;

/** The colours on paper. */
export const LIGHT: Theme = {
  paper: "#ffffff",
  box: "#ffffff",
  line: "#5b6673",
  barrier: "#343b44",
  text: "#1c2128",
  faint: "#59636e",
  finished: "#2e9e6b",
  running: "#2a7fd4",
  failed: "#c2303c",
  ready: "#f0b93a",
  waiting: "#c6ccd3",
};

/** The colours on a dark page. */
export const DARK: Theme = {
  paper: "#14181d",
  box: "#1e242b",
  line: "#8a95a1",
  barrier: "#c9d1d9",
  text: "#e8ecf0",
  faint: "#a3adb8",
  finished: "#3fb981",
  running: "#58a6f0",
  failed: "#f0626c",
  ready: "#e3b341",
  waiting: "#5d6772",
};

/** Parts that are lines. All others are areas or texts. */
const STROKES: ReadonlySet<Part> = new Set(["line"]);

/** Returns a style sheet that gives the pictures on a page these colours. */
export function graphStyle(theme: Theme): string {
  const parts = Object.entries(theme) as readonly [Part, string][];
  return parts.map(([part, color]) =>
    `.jug-graph .jug-graph-${part} { ${STROKES.has(part) ? "stroke" : "fill"}: ${color}; }\n`
  ).join("");
}
