/**
 * Writes a graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html).
 *
 * @module
 */
import { presentStates } from "../../inspect/task_state.ts";
import { barrierFacts, barrierName, hiddenNotice, nodeFacts, nodeName, summary } from "./labels.ts";
import type { TaskGraph } from "./model.ts";
import { type Arrow, type Box, pictureOf } from "./picture.ts";
import { safeText, shortened } from "./text.ts";
import { LIGHT } from "../../../web/data/theme.ts";

/** The characters of a name that are shown. */
const NAME_LENGTH = 48;

/** Returns the graph as DOT. */
export function writeDot(graph: TaskGraph, title: string): string {
  const { boxes, arrows } = pictureOf(graph);
  const hasCounts = graph.kind === "functions";
  return [
    "digraph {",
    `  graph [label=${
      quoted(`${title}: ${summary(graph)}`)
    } labelloc=b fontname="Helvetica,Arial,sans-serif" fontsize=11]`,
    `  node [shape=box style="rounded,filled" fillcolor="${LIGHT.box}" fontname="Helvetica,Arial,sans-serif" fontsize=12]`,
    `  edge [fontname="Helvetica,Arial,sans-serif" fontsize=10 arrowsize=0.8]`,
    ...boxes.map((box) => `  ${boxLine(box)}`),
    ...arrows.map((arrow) => `  ${arrowLine(arrow, hasCounts)}`),
    "}",
    "",
  ].join("\n");
}

function boxLine(box: Box): string {
  const { id } = box;
  switch (box.kind) {
    case "node": {
      const { node } = box;
      const name = nodeName(node);
      const label = quoted(shortened(name, NAME_LENGTH), nodeFacts(node));
      const [only, ...others] = presentStates(node.counts);
      // A box of one state has a border of its colour; the states of others are in the text.
      const color = only === undefined || others.length > 0 ? LIGHT.line : LIGHT[only];
      const double = node.isCompound ? " peripheries=2" : "";
      return `${id} [label=${label} tooltip=${quoted(name)} color="${color}" penwidth=1.5${double}]`;
    }
    case "barrier": {
      const label = quoted(barrierName(box.barrier), barrierFacts(box.barrier));
      return `${id} [label=${label} shape=box style=${box.barrier.isMet ? "dashed" : "bold"}]`;
    }
    case "hidden":
      return `${id} [label=${quoted("more tasks may follow")} tooltip=${
        quoted(hiddenNotice(box.barrier))
      } style="rounded,dotted"]`;
  }
}

function arrowLine({ from, to, count }: Arrow, hasCounts: boolean): string {
  if (count === undefined) return `${from} -> ${to} [style=dashed]`;
  return hasCounts ? `${from} -> ${to} [label="${count}"]` : `${from} -> ${to}`;
}

/** Returns lines as a quoted text. Graphviz interprets backslashes, and in labels also the references of HTML. */
function quoted(...lines: readonly string[]): string {
  const texts = lines.map((line) =>
    safeText(line).replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"')
  );
  return `"${texts.join("\\n")}"`;
}
