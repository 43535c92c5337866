/**
 * Writes a graph as a flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html), which Markdown viewers draw.
 *
 * @module
 */
import { presentStates, STATES } from "../../inspect/task_state.ts";
import { barrierFacts, barrierName, nodeFacts, nodeName } from "./labels.ts";
import type { TaskGraph } from "./model.ts";
import { type Arrow, type Box, pictureOf } from "./picture.ts";
import { safeText, shortened } from "./text.ts";
import { LIGHT } from "../../../web/data/theme.ts";

/** The characters of a name that are shown. */
const NAME_LENGTH = 48;

/** Returns the graph as a flowchart. */
export function writeMermaid(graph: TaskGraph): string {
  const { boxes, arrows } = pictureOf(graph);
  const hasCounts = graph.kind === "functions";
  return [
    "flowchart TB",
    ...boxes.map((box) => `  ${boxLine(box)}`),
    ...arrows.map((arrow) => `  ${arrowLine(arrow, hasCounts)}`),
    ...STATES.flatMap((state) => {
      const ids = boxes.flatMap((box) => box.kind === "node" && onlyState(box) === state ? [box.id] : []);
      return ids.length === 0
        ? []
        : [`  classDef ${state} stroke:${LIGHT[state]},stroke-width:2px`, `  class ${ids.join(",")} ${state}`];
    }),
    "",
  ].join("\n");
}

/** Returns the state of all tasks of a node; `undefined` if they differ. */
function onlyState({ node }: Extract<Box, { kind: "node" }>) {
  const [only, ...others] = presentStates(node.counts);
  return others.length === 0 ? only : undefined;
}

function boxLine(box: Box): string {
  const { id } = box;
  switch (box.kind) {
    case "node": {
      const text = quoted(shortened(nodeName(box.node), NAME_LENGTH), nodeFacts(box.node));
      // Two sides are double if it is compound.
      return box.node.isCompound ? `${id}[[${text}]]` : `${id}(${text})`;
    }
    case "barrier":
      return `${id}{{${quoted(barrierName(box.barrier), barrierFacts(box.barrier))}}}`;
    case "hidden":
      return `${id}([${quoted("more tasks may follow")}])`;
  }
}

function arrowLine({ from, to, count }: Arrow, hasCounts: boolean): string {
  if (count === undefined) return `${from} -.-> ${to}`;
  return hasCounts ? `${from} -- ${count} --> ${to}` : `${from} --> ${to}`;
}

/** Returns lines as a quoted text. Whatever Mermaid, Markdown or HTML could interpret is written as `#NUMBER;`. */
function quoted(...lines: readonly string[]): string {
  const texts = lines.map((line) => safeText(line).replace(/[^\p{L}\p{N} .,:()…�-]/gu, entity));
  return `"${texts.join("<br/>")}"`;
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`;
}
