/**
 * The legend below a graph: the states of all tasks, what the numbers mean, and what is hidden.
 *
 * @module
 */
import { countAll, presentStates } from "../../inspect/task_state.ts";
import { counted } from "../../../core/counted.ts";
import { type Fact, FACT_SIZE, factsWidth, factWidth, SQUARE } from "./box_look.ts";
import { drawFacts } from "./draw_box.ts";
import { hiddenNotice } from "./labels.ts";
import type { Point, Size } from "./layout.ts";
import type { TaskGraph } from "./model.ts";
import { element, number } from "./svg_parts.ts";
import { shortened } from "./text.ts";

/** A legend, in lines. */
export interface Legend extends Size {
  readonly lines: readonly (readonly Fact[])[];
}

/** A legend is at least so wide, if it needs that. */
const MIN_WIDTH = 380;
const LINE_HEIGHT = 18;
/** The most notices about barriers. */
const NOTICES = 5;

/** Returns the legend of a graph that is `width` pixels wide. */
export function legendOf(graph: TaskGraph, width: number): Legend {
  const { total, nodes, edges, barriers, kind } = graph;
  const states = presentStates(total).map((state): Fact => ({
    state,
    text: `${total[state].toLocaleString("en-US")} ${state}`,
  }));
  const sentences = [
    kind === "functions"
      ? `${counted(countAll(total), "task")} of ${counted(nodes.length, "function")}`
      : counted(countAll(total), "task"),
    ...kind === "functions" && edges.length > 0 ? ["number at an arrow: dependencies between tasks"] : [],
  ];
  const hidden = barriers.filter(({ isMet }) => !isMet).map(hiddenNotice);
  if (hidden.length > NOTICES) hidden.splice(NOTICES, Infinity, `and others`);
  const room = Math.max(width, MIN_WIDTH);
  const lines = [
    ...wrapped([...states, ...sentences.map(plain)], room),
    ...hidden.map((notice) => [plain(shortened(notice, 100))]),
  ];
  return { lines, width: Math.max(...lines.map(factsWidth)), height: lines.length * LINE_HEIGHT - 5 };
}

function plain(text: string): Fact {
  return { state: undefined, text };
}

function wrapped(facts: readonly Fact[], room: number): Fact[][] {
  const lines: Fact[][] = [];
  let left = 0;
  for (const fact of facts) {
    const width = factWidth(fact) + SQUARE.between;
    const line = lines.at(-1);
    if (line === undefined || width > left) {
      lines.push([fact]);
      left = room - width;
    } else {
      line.push(fact);
      left -= width;
    }
  }
  return lines;
}

/** Returns the legend with its upper left corner at `at`. */
export function drawLegend({ lines, width }: Legend, at: Point): string {
  const rule = element("path", {
    class: "jug-graph-line",
    d: `M0,-8H${number(width)}`,
    "stroke-width": 0.5,
    "stroke-opacity": 0.6,
  });
  const drawn = lines.map((facts, index) => drawFacts(facts, { x: 0, y: FACT_SIZE + index * LINE_HEIGHT }));
  return element(
    "g",
    { transform: `translate(${number(at.x)} ${number(at.y)})` },
    `\n${[rule, ...drawn].join("\n")}\n`,
  );
}
