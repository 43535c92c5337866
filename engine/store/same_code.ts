/**
 * Whether two texts are the same code. Formatting and comments do not count.
 *
 * @module
 */
import { parse } from "npm:acorn@8";

/** Whether they are; also where one of them cannot be parsed, so that nobody can tell. */
export function isSameCode(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((text, i) => {
    const [a, b] = [shapeOf(text), shapeOf(other[i] ?? "")];
    return a === undefined || b === undefined || a === b;
  });
}

/** The syntax tree as text, without places. A method is an expression only inside of an object. */
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
