/**
 * Draws or writes a graph in one of the formats. What a format needs is loaded only for it.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import { JugError } from "../../../core/errors.ts";
import type { TaskGraph } from "./model.ts";

/** The formats. */
export const FORMATS = ["svg", "png", "dot", "mermaid", "json"] as const;

/** A format of {@linkcode renderGraph}. */
export type GraphFormat = typeof FORMATS[number];

/** A graph in a format. */
export interface RenderedGraph {
  readonly content: string | Uint8Array;
  /** The characters of names that could not be drawn. */
  readonly missing: readonly string[];
}

/** Options of {@linkcode renderGraph}. */
export interface RenderOptions {
  readonly format: GraphFormat;
  /** What the graph is of: the jugfile's name. */
  readonly title: string;
  /** The most boxes. The layout takes some seconds for 1,000, and the more, the longer for each. */
  readonly limit: number;
}

/** For each box, so many arrows can be laid out in the same time. */
const ARROWS_PER_BOX = 8;

/**
 * Returns the graph in a format.
 *
 * @throws {JugError} of kind "usage" if there are more boxes or arrows than the limit allows.
 */
export async function renderGraph(graph: TaskGraph, options: RenderOptions): Promise<RenderedGraph> {
  const { format, title, limit } = options;
  requireFewBoxes(graph.nodes.length, graph.kind, limit);
  switch (format) {
    case "svg":
      return asText(await drawn(graph, options));
    case "png": {
      const [svg, { drawPng, missingCharacters }] = await Promise.all([drawn(graph, options), import("./png.ts")]);
      const shown = [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text).join("");
      return { content: await drawPng(svg), missing: missingCharacters(shown) };
    }
    case "dot":
      return asText((await import("./dot.ts")).writeDot(graph, title));
    case "mermaid":
      return asText((await import("./mermaid.ts")).writeMermaid(graph));
    case "json":
      return asText(`${JSON.stringify((await import("./json.ts")).jsonGraph(graph), undefined, 2)}\n`);
  }
}

function asText(content: string): RenderedGraph {
  return { content, missing: [] };
}

async function drawn(graph: TaskGraph, { title, limit }: RenderOptions): Promise<string> {
  const arrows = graph.edges.length;
  if (arrows > limit * ARROWS_PER_BOX) {
    throw new JugError("usage", `${counted(arrows, "arrow")} are more than a picture can show`, {
      remedy: "Use --format dot, mermaid or json, which need no layout, " +
        `or give --limit ${Math.ceil(arrows / ARROWS_PER_BOX)}, which takes long`,
    });
  }
  return await (await import("./svg.ts")).drawSvg(graph, { title });
}

/**
 * Refuses a graph with more than `limit` boxes.
 *
 * @throws {JugError} of kind "usage" that names the remedy.
 */
export function requireFewBoxes(count: number, kind: TaskGraph["kind"], limit: number): void {
  if (count <= limit) return;
  const higher = `give --limit ${count}, which takes long to draw`;
  throw new JugError("usage", `${counted(count, kind.slice(0, -1))} are more than a graph shows (--limit ${limit})`, {
    remedy: kind === "tasks"
      ? `Leave out --tasks, so that the tasks of a function are one box, or ${higher}`
      : `${higher[0]?.toUpperCase()}${higher.slice(1)}`,
  });
}
