/**
 * What a piece of a module refers to outside itself: names of the module, and further modules.
 *
 * @module
 */
import { analyze } from "npm:eslint-scope@9";
import { childOf, constantText, isNode, listOf, nameOf, type TreeNode, walk } from "./tree.ts";

/** How a name is used: only by these members of it, as in `stats.mean`, or in any other way. */
export type Use = ReadonlySet<string> | "whole";

/** What a piece of code refers to. */
export interface References {
  /** The names at the top level of the module, or of the runtime. */
  readonly names: ReadonlyMap<string, Use>;
  /** The modules that it imports by itself, or starts threads from. */
  readonly modules: readonly string[];
  /** Why more may be used than can be seen. */
  readonly unseen: readonly string[];
  /** Whether it uses a variable of a function around it. */
  readonly isEnclosed: boolean;
}

/** A use of a name at the top level, in the whole module. */
interface Mention {
  readonly name: string;
  readonly start: number;
  readonly member: string | undefined;
  /** Whether it may change the value: an assignment, or a call of a method. */
  readonly isChange: boolean;
  /** The part of the module that the variable belongs to; `undefined` if it is at the top level, or global. */
  readonly scope: { readonly start: number; readonly end: number } | undefined;
}

/** Methods that do not change the object they are called on. */
const READING = new Set([
  ...["map", "filter", "forEach", "reduce", "reduceRight", "flatMap", "flat", "slice", "concat", "join", "includes"],
  ...["indexOf", "lastIndexOf", "find", "findIndex", "findLast", "some", "every", "entries", "keys", "values", "at"],
  ...["toSorted", "toReversed", "toSpliced", "with", "get", "has", "toString", "toFixed", "then", "catch", "finally"],
]);

/** All references in one module. */
export class ModuleReferences {
  /** The top-level variables, each with the offsets of its declarations. Imports are left out. */
  readonly declared: ReadonlyMap<string, readonly number[]>;
  readonly #mentions: Mention[] = [];
  readonly #modules: { readonly start: number; readonly specifier: string }[] = [];
  readonly #unseen: { readonly start: number; readonly reason: string }[] = [];

  constructor(program: TreeNode) {
    const parents = new Map<TreeNode, TreeNode>();
    walk(program, (node, parent) => {
      if (parent !== undefined) parents.set(node, parent);
      this.#note(node);
    });
    this.declared = this.#resolve(program, parents);
  }

  #resolve(program: TreeNode, parents: ReadonlyMap<TreeNode, TreeNode>): Map<string, number[]> {
    if (!isProgram(program)) throw new TypeError("The root of the tree is no program");
    const manager = analyze(program, { ecmaVersion: 2024, sourceType: "module", jsx: true, fallback: "iteration" });
    const declared = new Map<string, number[]>();
    for (const scope of manager.scopes) {
      const isTop = scope.type === "module" || scope.type === "global";
      for (const variable of scope.type === "module" ? scope.variables : []) {
        const starts = variable.defs.filter(({ type }) => type !== "ImportBinding").map(({ name }) => startOf(name));
        if (starts.length > 0) declared.set(variable.name, starts);
      }
      for (const reference of scope.references) {
        const { identifier, resolved } = reference;
        const node: unknown = identifier;
        if (!isNode(node)) continue;
        const owner = resolved?.scope;
        const isOutermost = owner === undefined || owner === null || owner.type === "module" || owner.type === "global";
        // A variable of the same function, as most are.
        if (!isOutermost && owner === scope) continue;
        const block: unknown = owner?.block;
        this.#mentions.push({
          name: identifier.name,
          start: node.start,
          member: memberOf(node, parents),
          isChange: reference.isWrite() && (reference.init !== true || !isTop) || isChanged(node, parents),
          scope: isOutermost || !isNode(block) ? undefined : block,
        });
      }
    }
    return declared;
  }

  #note(node: TreeNode): void {
    const { start } = node;
    if (node.type === "ImportExpression") this.#noteModule(start, childOf(node, "source"), "import()");
    if (node.type === "NewExpression" && /^(Shared)?Worker$/.test(nameOf(childOf(node, "callee")) ?? "")) {
      const [address] = listOf(node, "arguments");
      this.#noteModule(start, addressIn(address) ?? address, "a thread");
    }
    const callee = node.type === "CallExpression" ? nameOf(childOf(node, "callee")) : undefined;
    if (callee === "require" || callee === "createRequire") {
      this.#unseen.push({ start, reason: "it uses require()" });
    }
    // The analysis of scopes does not know decorators.
    for (const decorator of listOf(node, "decorators")) {
      walk(decorator, (inner) => {
        const name = inner.type === "Identifier" ? nameOf(inner) : undefined;
        const mention = { start: inner.start, member: undefined, isChange: false, scope: undefined };
        if (name !== undefined) this.#mentions.push({ name, ...mention });
      });
    }
  }

  #noteModule(start: number, address: TreeNode | undefined, what: string): void {
    const specifier = constantText(address);
    if (specifier !== undefined) this.#modules.push({ start, specifier });
    else this.#unseen.push({ start, reason: `the address of ${what} is not constant` });
  }

  /** Returns what the code from `start` to `end` refers to outside itself. */
  within({ start, end }: Pick<TreeNode, "start" | "end">): References {
    const isInside = (item: { readonly start: number }) => item.start >= start && item.start < end;
    const names = new Map<string, Set<string> | "whole">();
    let isEnclosed = false;
    for (const mention of this.#mentions) {
      if (!isInside(mention)) continue;
      const { name, member, scope } = mention;
      if (scope !== undefined) {
        if (scope.start < start || scope.end > end) isEnclosed = true;
        continue;
      }
      const use = names.get(name);
      if (member === undefined || use === "whole") names.set(name, "whole");
      else if (use === undefined) names.set(name, new Set([member]));
      else use.add(member);
    }
    return {
      names,
      modules: this.#modules.filter(isInside).map(({ specifier }) => specifier),
      unseen: this.#unseen.filter(isInside).map(({ reason }) => reason),
      isEnclosed,
    };
  }

  /** Returns the top-level names whose values the code from `start` to `end` may change. */
  changedWithin({ start, end }: Pick<TreeNode, "start" | "end">): Set<string> {
    const inside = this.#mentions.filter((mention) =>
      mention.isChange && mention.scope === undefined && mention.start >= start && mention.start < end
    );
    return new Set(inside.map(({ name }) => name));
  }
}

function isProgram(node: unknown): node is Parameters<typeof analyze>[0] {
  return isNode(node) && node.type === "Program";
}

function startOf(node: unknown): number {
  return isNode(node) ? node.start : -1;
}

/** Returns the member of a name that is used, as in `stats.mean`; `undefined` if the name is used in another way. */
function memberOf(node: TreeNode, parents: ReadonlyMap<TreeNode, TreeNode>): string | undefined {
  const parent = parents.get(node);
  if (parent?.type !== "MemberExpression" || childOf(parent, "object") !== node) return undefined;
  const property = childOf(parent, "property");
  return parent["computed"] === true ? constantText(property) : nameOf(property);
}

/** Whether the object that a name stands for may be changed there. */
function isChanged(node: TreeNode, parents: ReadonlyMap<TreeNode, TreeNode>): boolean {
  let inner = node;
  let parent = parents.get(inner);
  while (
    parent?.type === "MemberExpression" && childOf(parent, "object") === inner || parent?.type === "ChainExpression"
  ) {
    inner = parent;
    parent = parents.get(inner);
  }
  if (parent === undefined) return false;
  if (inner === node) return isFirstArgument(node, parent);
  switch (parent.type) {
    case "AssignmentExpression":
    case "ForInStatement":
    case "ForOfStatement":
      return childOf(parent, "left") === inner;
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      return parent["operator"] === "delete";
    case "CallExpression":
      return childOf(parent, "callee") === inner && !READING.has(nameOf(childOf(inner, "property")) ?? "");
    default:
      return false;
  }
}

/** Whether it is the first argument of `Object.assign`, `Object.defineProperty`, `Reflect.set` or like. */
function isFirstArgument(node: TreeNode, parent: TreeNode): boolean {
  if (parent.type !== "CallExpression" || listOf(parent, "arguments")[0] !== node) return false;
  const callee = childOf(parent, "callee");
  const owner = callee && nameOf(childOf(callee, "object"));
  if (owner !== "Object" && owner !== "Reflect") return false;
  return /^(assign|define|set|freeze|delete)/.test(nameOf(childOf(callee, "property")) ?? "");
}

/**
 * Returns the specifier in a URL that is made of it and `import.meta.url`, in `.href` of such a URL, and in
 * `import.meta.resolve()`. (No example is given: tools/compile.ts would look for the module.)
 */
function addressIn(node: TreeNode | undefined): TreeNode | undefined {
  if (node?.type === "MemberExpression") return addressIn(childOf(node, "object"));
  if (node === undefined) return undefined;
  const callee = childOf(node, "callee");
  const [first, second] = listOf(node, "arguments");
  const isUrl = node.type === "NewExpression" && nameOf(callee) === "URL" &&
    childOf(second, "object")?.type === "MetaProperty";
  const isResolved = node.type === "CallExpression" && childOf(callee, "object")?.type === "MetaProperty";
  return isUrl || isResolved ? first : undefined;
}
