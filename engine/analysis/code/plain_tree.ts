/**
 * Removes types from the tree of a TypeScript module. What is left is a tree of JavaScript: types do not count as code.
 * Enums and namespaces become values that have the same meaning for a comparison, not for the runtime.
 *
 * @module
 */
import { childOf, isNode, listOf, type TreeNode } from "./tree.ts";

const TYPE_PROPERTIES = new Set([
  ...["typeAnnotation", "returnType", "typeParameters", "typeArguments", "superTypeParameters", "superTypeArguments"],
  ...["implements", "accessibility", "readonly", "override", "declare", "abstract", "definite"],
  ...["importKind", "exportKind", "extra"],
]);
const ERASED = new Set([
  ...["TSInterfaceDeclaration", "TSTypeAliasDeclaration", "TSDeclareFunction", "TSDeclareMethod", "TSIndexSignature"],
  ...["TSAbstractMethodDefinition", "TSAbstractPropertyDefinition", "TSNamespaceExportDeclaration", "EmptyStatement"],
]);
const WRAPPERS = new Set([
  ...["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "TSTypeAssertion", "TSInstantiationExpression"],
  ...["ParenthesizedExpression", "TSParameterProperty"],
]);
/** In other nodes, `optional` stands for `?.`. */
const OPTIONAL_IN_TYPES = new Set(["Identifier", "PropertyDefinition", "MethodDefinition"]);

/** Returns the node without types; `undefined` if nothing is left of it. */
export function plainTree(node: TreeNode): TreeNode | undefined {
  if (ERASED.has(node.type) || node["declare"] === true || node["abstract"] === true && isMember(node)) {
    return undefined;
  }
  if (node["importKind"] === "type" || node["exportKind"] === "type") return undefined;
  if (WRAPPERS.has(node.type)) return unwrapped(node);
  switch (node.type) {
    case "TSEnumDeclaration":
      return enumValue(node);
    case "TSModuleDeclaration":
      return namespaceValue(node);
    case "TSImportEqualsDeclaration":
      return importedValue(node);
    case "TSExportAssignment":
      return { ...at(node), type: "ExpressionStatement", expression: plainChild(node, "expression") };
    default:
      return keptParts(node);
  }
}

function isMember({ type }: TreeNode): boolean {
  return type === "PropertyDefinition" || type === "MethodDefinition" || type === "AccessorProperty";
}

function unwrapped(node: TreeNode): TreeNode | undefined {
  if (node.type !== "TSParameterProperty") return plainChild(node, "expression");
  const parameter = plainChild(node, "parameter");
  return parameter && { ...parameter, isProperty: true };
}

function keptParts(node: TreeNode): TreeNode | undefined {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (TYPE_PROPERTIES.has(key) || key === "optional" && OPTIONAL_IN_TYPES.has(node.type)) continue;
    if (Array.isArray(value)) {
      kept[key] = plainList(value.filter((item) => key !== "params" || !isThis(item)));
    } else if (isNode(value)) {
      const plain = plainTree(value);
      // A method without a body, or an export of a type.
      if (plain === undefined && (key === "value" || key === "declaration")) return undefined;
      kept[key] = plain ?? null;
    } else kept[key] = value;
  }
  // Imports and exports of types only. `import "x"` and `export {}` have had no specifiers to begin with.
  const [before, after] = [node["specifiers"], kept["specifiers"]];
  const isEmptied = Array.isArray(before) && before.length > 0 && Array.isArray(after) && after.length === 0;
  return isEmptied ? undefined : { ...kept, ...at(node) };
}

/** A list of elements may have holes. */
function plainList(values: readonly unknown[]): unknown[] {
  return values.flatMap((value) => isNode(value) ? plainTree(value) ?? [] : [value]);
}

/** A parameter `this` has a type and no value. */
function isThis(value: unknown): boolean {
  return isNode(value) && value.type === "Identifier" && value["name"] === "this";
}

function plainChild(node: TreeNode, property: string): TreeNode | undefined {
  const child = childOf(node, property);
  return child && plainTree(child);
}

/** Returns a node of the same type and place. The analysis of scopes reads `range`. */
function at({ type, start, end }: TreeNode): TreeNode {
  return { type, start, end, range: [start, end] };
}

function constant(node: TreeNode, id: unknown, init: unknown): TreeNode {
  const declarator = { ...at(node), type: "VariableDeclarator", id, init };
  return { ...at(node), type: "VariableDeclaration", kind: "const", declarations: [declarator] };
}

/** `enum Color { Red, Blue = 3 }` becomes `const Color = { Red: null, Blue: 3 }`. */
function enumValue(node: TreeNode): TreeNode {
  const members = listOf(node, "members").length > 0
    ? listOf(node, "members")
    : listOf(childOf(node, "body") ?? node, "members");
  const properties = members.map((member) => ({
    ...{ ...at(member), type: "Property", kind: "init", method: false, shorthand: false, computed: false },
    key: childOf(member, "id"),
    value: plainChild(member, "initializer") ?? { ...at(member), type: "Literal", value: null },
  }));
  return constant(node, childOf(node, "id"), { ...at(node), type: "ObjectExpression", properties });
}

/** `namespace N { export const a = 1; }` becomes `const N = () => { const a = 1; }`. */
function namespaceValue(node: TreeNode): TreeNode | undefined {
  const block = childOf(node, "body");
  if (block === undefined) return undefined;
  const statements = block.type === "TSModuleDeclaration" ? [block] : listOf(block, "body");
  const body = statements.map((statement) => {
    const inner = statement.type === "ExportNamedDeclaration" ? childOf(statement, "declaration") : undefined;
    return plainTree(inner ?? statement);
  }).filter((statement) => statement !== undefined);
  if (body.length === 0) return undefined;
  return constant(node, childOf(node, "id"), {
    ...{ ...at(node), type: "ArrowFunctionExpression", params: [], async: false, generator: false, expression: false },
    body: { ...at(block), type: "BlockStatement", body },
  });
}

/** `import fs = require("fs")` becomes `const fs = require("fs")`. */
function importedValue(node: TreeNode): TreeNode {
  const reference = childOf(node, "moduleReference") ?? node;
  const value = reference.type === "TSExternalModuleReference"
    ? {
      ...{ ...at(reference), type: "CallExpression", optional: false },
      callee: { ...at(reference), type: "Identifier", name: "require" },
      arguments: [childOf(reference, "expression")],
    }
    : qualified(reference);
  const declaration = constant(node, childOf(node, "id"), value);
  if (node["isExport"] !== true) return declaration;
  return { ...at(node), type: "ExportNamedDeclaration", declaration, specifiers: [], source: null };
}

function qualified(name: TreeNode): TreeNode {
  const [left, right] = [childOf(name, "left"), childOf(name, "right")];
  if (left === undefined || right === undefined) return name;
  const parts = { object: qualified(left), property: right, computed: false, optional: false };
  return { ...at(name), type: "MemberExpression", ...parts };
}
