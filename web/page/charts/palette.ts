/**
 * Colours that tell functions apart.
 *
 * @module
 */
import { DARK } from "../../data/theme.ts";
import { colors } from "../theme.ts";

/** Colours that also readers who confuse red and green can tell apart (after Okabe and Ito), on white and on black. */
const ON_LIGHT = ["#2a7fd4", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d3b", "#6a51a3", "#b8a800", "#4d4d4d"];
const ON_DARK = ["#58a6f0", "#f0b93a", "#2fc79a", "#e09ac2", "#8fd0f7", "#c4a26a", "#a48fdc", "#e3d84a", "#b0b0b0"];

/** How many functions have a colour of their own. */
export const COLORS = ON_LIGHT.length;

/** Returns the colour of a function by its index; those without one of their own share a grey. */
export function colorOf(index: number): string {
  const theme = colors();
  const palette = theme === DARK ? ON_DARK : ON_LIGHT;
  return palette[index] ?? theme.waiting;
}
