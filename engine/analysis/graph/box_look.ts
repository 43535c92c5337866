/**
 * The texts and the size of each box of a picture.
 *
 * @module
 */
import { barrierFacts, barrierName, hiddenNotice, nodeFacts, nodeName } from "./labels.ts";
import type { Size } from "./layout.ts";
import type { Box } from "./picture.ts";
import { widthOf } from "./svg_parts.ts";
import { shortened } from "./text.ts";
import { presentStates, type StateTotals, type TaskState } from "../../inspect/task_state.ts";

/** A text beside a square in the colour of a state, or by itself. */
export interface Fact {
  readonly state: TaskState | undefined;
  readonly text: string;
}

/** What a box looks like. */
export interface BoxLook extends Size {
  readonly kind: Box["kind"];
  /** The parts of its name: the first is faint, and the second bold. */
  readonly name: readonly [module: string, name: string];
  /** What is said below its name. */
  readonly facts: readonly Fact[];
  /** Set for a node: the bar that shows the states. */
  readonly counts: StateTotals | undefined;
  readonly isDouble: boolean;
  /** Set for a barrier. */
  readonly isMet: boolean;
  /** All that is known, unshortened. */
  readonly title: string;
}

/** The sizes of the texts, in pixels. */
export const NAME_SIZE = 13;
export const FACT_SIZE = 11;
/** The space between a box and what it contains. */
export const PADDING = { x: 13, y: 9 };
/** The bar that shows the states. */
export const BAR = { height: 5, gap: 7 };
/** The square in front of a fact, and the spaces behind it and behind the fact. */
export const SQUARE = { size: 8, gap: 4, between: 10 };
/** The characters of a name that are shown. */
const NAME_LENGTH = 44;
const MIN_WIDTH = 84;

/** Returns the look of a box. */
export function boxLook(box: Box): BoxLook {
  switch (box.kind) {
    case "node":
      return nodeLook(box.node);
    case "barrier": {
      const { barrier } = box;
      const texts = [barrierName(barrier), barrierFacts(barrier)];
      const title = texts.join(", ");
      return sized(
        { kind: "barrier", name: ["", cut(texts[0] ?? "")], facts: [plain(texts[1] ?? "")], title },
        barrier.isMet,
      );
    }
    case "hidden":
      return sized({
        kind: "hidden",
        name: ["more tasks may follow", ""],
        facts: [],
        title: hiddenNotice(box.barrier),
      });
  }
}

function nodeLook(node: Extract<Box, { kind: "node" }>["node"]): BoxLook {
  const { counts, isCompound, task } = node;
  const whole = nodeName(node);
  const shown = cut(whole);
  // The module is shown apart if it is not cut.
  const dot = whole.indexOf(".") + 1;
  const module = dot > 0 && dot < shown.length && shown.startsWith(whole.slice(0, dot)) ? shown.slice(0, dot) : "";
  const states = presentStates(counts);
  const facts = states.map((state): Fact => ({
    state,
    text: task === undefined ? `${counts[state].toLocaleString("en-US")} ${state}` : state,
  }));
  return sized({
    kind: "node",
    name: [module, shown.slice(module.length)],
    facts: [...facts, ...isCompound ? [plain("compound")] : []],
    // For a single task, the square before its state is enough.
    counts: task === undefined ? counts : undefined,
    isDouble: isCompound,
    title: `${whole}: ${nodeFacts(node)}`,
  });
}

function cut(text: string): string {
  return shortened(text, NAME_LENGTH);
}

function plain(text: string): Fact {
  return { state: undefined, text };
}

type Unsized = Pick<BoxLook, "kind" | "name" | "facts" | "title"> & Partial<Pick<BoxLook, "counts" | "isDouble">>;

function sized({ counts, isDouble = false, ...look }: Unsized, isMet = false): BoxLook {
  const nameHeight = NAME_SIZE * 1.2;
  const bar = counts === undefined ? 0 : BAR.height + BAR.gap;
  const facts = look.facts.length === 0 ? 0 : FACT_SIZE * 1.2 + (counts === undefined ? 2 : 6);
  const inner = Math.max(MIN_WIDTH - 2 * PADDING.x, nameWidth(look.name), factsWidth(look.facts));
  return {
    ...look,
    counts,
    isDouble,
    isMet,
    width: Math.ceil(inner + 2 * PADDING.x),
    height: Math.ceil(nameHeight + bar + facts + 2 * PADDING.y),
  };
}

/** Returns the width of a name. */
export function nameWidth([module, name]: BoxLook["name"]): number {
  return widthOf(module, { size: NAME_SIZE }) + widthOf(name, { size: NAME_SIZE, weight: "bold" });
}

/** Returns the width of one fact, with its square. */
export function factWidth({ state, text }: Fact): number {
  return widthOf(text, { size: FACT_SIZE }) + (state === undefined ? 0 : SQUARE.size + SQUARE.gap);
}

/** Returns the width of facts beside each other. */
export function factsWidth(facts: readonly Fact[]): number {
  return facts.reduce((sum, fact) => sum + factWidth(fact), 0) + Math.max(0, facts.length - 1) * SQUARE.between;
}
