/**
 * Syntax trees in the form of ESTree, as any parser returns them.
 *
 * @module
 */

/** A node. Its other properties depend on its type. */
export interface TreeNode {
  readonly type: string;
  /** The offsets of its text. */
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** Whether `value` is a node. */
export function isNode(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" &&
    "start" in value && typeof value.start === "number" && "end" in value && typeof value.end === "number";
}

/** Returns the node that is a property of `node`, if there is one. */
export function childOf(node: TreeNode | undefined, property: string): TreeNode | undefined {
  const child = node?.[property];
  return isNode(child) ? child : undefined;
}

/** Returns the nodes in a list that is a property of `node`. */
export function listOf(node: TreeNode, property: string): readonly TreeNode[] {
  const list = node[property];
  return Array.isArray(list) ? list.filter(isNode) : [];
}

/** Returns the name of an identifier, or the text of a literal; `undefined` for any other node. */
export function nameOf(node: TreeNode | undefined): string | undefined {
  const name = node?.type === "Identifier" || node?.type === "JSXIdentifier"
    ? node["name"]
    : node?.type === "Literal"
    ? node["value"]
    : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Returns the value of a constant text; `undefined` for any other node. */
export function constantText(node: TreeNode | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  const [quasi, ...more] = node?.type === "TemplateLiteral" ? listOf(node, "quasis") : [];
  const value = quasi !== undefined && more.length === 0 ? quasi["value"] : undefined;
  return typeof value === "object" && value !== null && "cooked" in value && typeof value.cooked === "string"
    ? value.cooked
    : undefined;
}

/** Calls `visit` with every node in `node`, itself included, and with its parent. */
export function walk(
  node: TreeNode,
  visit: (node: TreeNode, parent: TreeNode | undefined) => void,
  parent?: TreeNode,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    if (isNode(value)) walk(value, visit, node);
    else if (Array.isArray(value)) { for (const item of value) if (isNode(item)) walk(item, visit, node); }
  }
}

const UNSEEN = new Set(["start", "end", "loc", "range", "raw"]);

/** Returns the tree as text, without positions: the same text for the same code, however it is written. */
export function shapeOf(node: TreeNode): string {
  return JSON.stringify(node, function (this: unknown, key, value: unknown) {
    if (UNSEEN.has(key)) return undefined;
    // Some parsers omit what others set to null or false.
    if ((value === null || value === false) && !(isNode(this) && this.type === "Literal")) return undefined;
    return typeof value === "bigint" ? `${value}n` : value;
  });
}
