/**
 * Draws the boxes of a picture.
 *
 * @module
 */
import { countAll, presentStates, type StateTotals } from "../../inspect/task_state.ts";
import {
  BAR,
  type BoxLook,
  type Fact,
  FACT_SIZE,
  factsWidth,
  factWidth,
  NAME_SIZE,
  nameWidth,
  PADDING,
  SQUARE,
} from "./box_look.ts";
import type { Point } from "./layout.ts";
import { element, escaped, number, textElement, widthOf } from "./svg_parts.ts";

/** Returns a box with its middle at `middle`. */
export function drawBox(look: BoxLook, middle: Point): string {
  const { width, height } = look;
  const [left, top] = [middle.x - width / 2, middle.y - height / 2];
  const parts = [element("title", {}, escaped(look.title)), ...frame(look), ...content(look)];
  return element("g", { transform: `translate(${number(left)} ${number(top)})` }, parts.join(""));
}

/** Returns the border. Tasks have a box, compound tasks a double one; barriers are between two bars. */
function frame({ kind, width, height, isDouble, isMet }: BoxLook): string[] {
  const box = (inset: number, more: Record<string, string | number> = {}) =>
    element("rect", {
      x: inset,
      y: inset,
      width: width - 2 * inset,
      height: height - 2 * inset,
      rx: 6 - inset,
      fill: "none",
      class: "jug-graph-line",
      ...more,
    });
  const area = (part: string) => element("rect", { class: `jug-graph-${part}`, width, height, rx: 6 });
  switch (kind) {
    case "node":
      return [area("box"), box(0, { "stroke-width": 1.1 }), ...isDouble ? [box(3, { "stroke-width": 0.8 })] : []];
    case "hidden":
      return [area("box"), box(0, { "stroke-dasharray": "2 3" })];
    case "barrier": {
      const line = (y: number) =>
        element("rect", { class: "jug-graph-barrier", y: number(y), width, height: isMet ? 1.2 : 3 });
      return [element("rect", { class: "jug-graph-paper", width, height }), line(0), line(height - (isMet ? 1.2 : 3))];
    }
  }
}

function content({ name, facts, counts, width, kind }: BoxLook): string[] {
  const nameAt = { x: (width - nameWidth(name)) / 2, y: PADDING.y + NAME_SIZE * 0.95 };
  const [module, own] = name;
  const moduleWidth = widthOf(module, { size: NAME_SIZE });
  const parts: string[] = [];
  if (module !== "") parts.push(textElement(module, nameAt, { size: NAME_SIZE, part: "faint" }));
  if (own !== "") {
    const at = { ...nameAt, x: nameAt.x + moduleWidth };
    const weight = kind === "barrier" ? "regular" : "bold";
    const start = kind === "barrier" ? { x: (width - widthOf(own, { size: NAME_SIZE })) / 2, y: nameAt.y } : at;
    parts.push(textElement(own, start, { size: NAME_SIZE, part: "text", weight }));
  }
  let y = PADDING.y + NAME_SIZE * 1.2;
  if (counts !== undefined) {
    parts.push(...drawBar(counts, { x: PADDING.x, y: y + BAR.gap }, width - 2 * PADDING.x));
    y += BAR.gap + BAR.height + 6;
  } else y += 2;
  parts.push(drawFacts(facts, { x: (width - factsWidth(facts)) / 2, y: y + FACT_SIZE * 0.95 }));
  return parts;
}

/** Returns a bar with a piece for each state, as long as its share; the smallest piece is still seen. */
function drawBar(counts: StateTotals, at: Point, width: number): string[] {
  const states = presentStates(counts);
  const least = 2;
  const room = width - least * states.length;
  let x = at.x;
  return states.map((state) => {
    const length = least + room * counts[state] / countAll(counts);
    const piece = element("rect", {
      class: `jug-graph-${state}`,
      x: number(x),
      y: number(at.y),
      width: number(length),
      height: BAR.height,
    });
    x += length;
    return piece;
  });
}

/** Returns facts beside each other. `at` is the beginning of the baseline. */
export function drawFacts(facts: readonly Fact[], at: Point): string {
  let x = at.x;
  return facts.map((fact) => {
    const { state, text } = fact;
    const start = x;
    x += factWidth(fact) + SQUARE.between;
    if (state === undefined) return textElement(text, { x: start, y: at.y }, { size: FACT_SIZE, part: "faint" });
    const square = element("rect", {
      class: `jug-graph-${state}`,
      x: number(start),
      y: number(at.y - SQUARE.size),
      width: SQUARE.size,
      height: SQUARE.size,
      rx: 1.5,
    });
    const beside = { x: start + SQUARE.size + SQUARE.gap, y: at.y };
    return square + textElement(text, beside, { size: FACT_SIZE, part: "text" });
  }).join("");
}
