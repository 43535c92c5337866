/**
 * Compares the source code of functions, ignoring formatting and comments.
 *
 * @module
 */
import { parse } from "npm:acorn@8";

/** Whether the texts are pairwise the same code. Texts that cannot be parsed count as the same, since it is unknown. */
export function isSameCode(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((text, i) => {
    const [a, b] = [shapeOf(text), shapeOf(other[i] ?? "")];
    return a === undefined || b === undefined || a === b;
  });
}

/**
 * Returns the syntax tree as text, without positions. The text of a method can be parsed only inside an object literal.
 */
function shapeOf(text: string): string | undefined {
  return shapeOfExpression(`(${text}\n)`) ?? shapeOfExpression(`({${text}\n})`);
}

function shapeOfExpression(source: string): string | undefined {
  try {
    const tree = parse(source, { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true });
    return JSON.stringify(tree.body, (key, value: unknown) => {
      if (key === "start" || key === "end" || key === "raw") return undefined;
      return typeof value === "bigint" ? `${value}n` : value;
    });
  } catch {
    return undefined;
  }
}
