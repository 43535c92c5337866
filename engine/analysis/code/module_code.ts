/**
 * A parsed module: its top level in pieces, what each refers to, and its imports and exports.
 *
 * @module
 */
import { parseModule, parseScript } from "./parse_source.ts";
import { ModuleReferences, type References } from "./references.ts";
import { childOf, constantText, listOf, nameOf, shapeOf, type TreeNode, walk } from "./tree.ts";

/** A declaration or statement at the top level. */
export interface Piece {
  /** The names that it declares. */
  readonly names: readonly string[];
  readonly node: TreeNode;
  /** Its code as text that does not depend on formatting. */
  readonly shape: string;
  /** Its source. */
  readonly text: string;
  readonly references: References;
  /** The names of the module whose values it may change. */
  readonly changes: ReadonlySet<string>;
  /** The function that it calls, if that is all it does: `init();`. */
  readonly calls: string | undefined;
}

/** What a name of another module is called there. `*`: the module itself. */
export interface Import {
  readonly specifier: string;
  readonly imported: string;
}

/** What an export leads to: a name of the module, or an import. */
export type Export = { readonly local: string } | Import;

/** A function in a module. */
export interface FoundFunction {
  /** The piece that it is in. */
  readonly piece: Piece;
  readonly references: References;
}

/** The name of a default export that has none. */
export const DEFAULT = "*default*";

/** A module that was parsed. */
export class ModuleCode {
  readonly pieces: readonly Piece[];
  readonly imports = new Map<string, Import>();
  readonly exports = new Map<string, Export>();
  /** The specifiers of `export * from "…"`. */
  readonly stars: string[] = [];
  /** The specifiers of imports without names: `import "…"`. */
  readonly effects: string[] = [];
  readonly #byName = new Map<string, Piece[]>();
  readonly #references: ModuleReferences;
  /** The functions by their code, once one was looked for. */
  #functions: Map<string, { readonly piece: Piece; readonly node: TreeNode }> | undefined;

  private constructor(source: string, program: TreeNode) {
    this.#references = new ModuleReferences(program);
    this.pieces = listOf(program, "body").flatMap((statement) => this.#take(source, statement));
    for (const piece of this.pieces) {
      for (const name of piece.names) this.#byName.set(name, [...this.#byName.get(name) ?? [], piece]);
    }
  }

  /** Parses a module. Returns `undefined` if that is not possible. */
  static parse(path: string, source: string): ModuleCode | undefined {
    const program = parseModule(path, source);
    return program && new ModuleCode(source, program);
  }

  /** Takes a statement of the top level apart. Imports and lists of exports are no pieces. */
  #take(source: string, statement: TreeNode): Piece[] {
    switch (statement.type) {
      case "ImportDeclaration":
        this.#takeImport(statement);
        return [];
      case "ExportAllDeclaration":
        this.#takeStar(statement);
        return [];
      case "ExportNamedDeclaration":
        return this.#takeExport(source, statement);
      case "ExportDefaultDeclaration": {
        const declaration = childOf(statement, "declaration");
        const name = nameOf(childOf(declaration, "id")) ?? DEFAULT;
        this.exports.set("default", { local: name });
        return declaration === undefined ? [] : [this.#piece(source, declaration, name === DEFAULT ? [DEFAULT] : [])];
      }
      case "VariableDeclaration":
        return listOf(statement, "declarations").map((declarator) =>
          this.#piece(source, { ...declarator, kind: statement["kind"] })
        );
      default:
        return [this.#piece(source, statement)];
    }
  }

  #takeImport(statement: TreeNode): void {
    const specifier = constantText(childOf(statement, "source"));
    if (specifier === undefined) return;
    const names = listOf(statement, "specifiers");
    if (names.length === 0) this.effects.push(specifier);
    for (const name of names) {
      const local = nameOf(childOf(name, "local"));
      const imported = name.type === "ImportNamespaceSpecifier"
        ? "*"
        : name.type === "ImportDefaultSpecifier"
        ? "default"
        : nameOf(childOf(name, "imported"));
      if (local !== undefined && imported !== undefined) this.imports.set(local, { specifier, imported });
    }
  }

  #takeStar(statement: TreeNode): void {
    const specifier = constantText(childOf(statement, "source"));
    const exported = nameOf(childOf(statement, "exported"));
    if (specifier === undefined) return;
    if (exported === undefined) this.stars.push(specifier);
    else this.exports.set(exported, { specifier, imported: "*" });
  }

  #takeExport(source: string, statement: TreeNode): Piece[] {
    const specifier = constantText(childOf(statement, "source"));
    for (const name of listOf(statement, "specifiers")) {
      const [local, exported] = [nameOf(childOf(name, "local")), nameOf(childOf(name, "exported"))];
      if (local === undefined || exported === undefined) continue;
      this.exports.set(exported, specifier === undefined ? { local } : { specifier, imported: local });
    }
    const declaration = childOf(statement, "declaration");
    const pieces = declaration === undefined ? [] : this.#take(source, declaration);
    for (const name of pieces.flatMap(({ names }) => names)) this.exports.set(name, { local: name });
    return pieces;
  }

  #piece(source: string, node: TreeNode, more: readonly string[] = []): Piece {
    const { start, end } = node;
    const declared = [...this.#references.declared].filter(([, starts]) =>
      starts.some((at) => at >= start && at < end)
    );
    return {
      names: [...declared.map(([name]) => name), ...more],
      node,
      shape: shapeOf(node),
      text: source.slice(start - keywordsBefore(source, start), end),
      references: this.#references.within(node),
      changes: this.#references.changedWithin(node),
      calls: calledBy(node),
    };
  }

  /** Whether a name is declared at the top level. */
  declares(name: string): boolean {
    return this.#byName.has(name);
  }

  /**
   * Returns the pieces that give a name its value: its declaration, what changes its value, and calls of functions that
   * do.
   */
  piecesOf(name: string): readonly Piece[] {
    const own = this.#byName.get(name) ?? [];
    const others = this.pieces.filter((piece) => piece.changes.has(name) && !own.includes(piece));
    const changing = new Set([...own, ...others].flatMap(({ names }) => names));
    const calls = this.pieces.filter(({ calls }) => calls !== undefined && changing.has(calls));
    return [...new Set([...own, ...others, ...calls])];
  }

  /** Finds the function with this text, which the runtime returned: without types, and formatted anew. */
  findFunction(text: string): FoundFunction | undefined {
    const wanted = functionKey(text);
    if (wanted === undefined) return undefined;
    this.#functions ??= this.#listFunctions();
    const found = this.#functions.get(wanted);
    return found && { piece: found.piece, references: this.#references.within(found.node) };
  }

  #listFunctions(): Map<string, { readonly piece: Piece; readonly node: TreeNode }> {
    const functions = new Map<string, { readonly piece: Piece; readonly node: TreeNode }>();
    for (const piece of this.pieces) {
      walk(piece.node, (node, parent) => {
        const key = keyOfFunction(node, parent);
        if (key !== undefined && !functions.has(key)) functions.set(key, { piece, node });
      });
    }
    return functions;
  }
}

/** Returns the length of `export const ` and the like before a declaration. */
function keywordsBefore(source: string, start: number): number {
  const line = source.slice(source.lastIndexOf("\n", start - 1) + 1, start);
  return /(?:\b(?:export|default|const|let|var|async) +)+$/.exec(line)?.[0].length ?? 0;
}

/** Returns `init` for the statement `init();` or `await init();`. */
function calledBy(statement: TreeNode): string | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  const expression = childOf(statement, "expression");
  const call = expression?.type === "AwaitExpression" ? childOf(expression, "argument") : expression;
  return call?.type === "CallExpression" ? nameOf(childOf(call, "callee")) : undefined;
}

/** The text of a method can be parsed only inside an object literal. */
function functionKey(text: string): string | undefined {
  for (const source of [`(${text}\n)`, `({${text}\n})`]) {
    const program = parseScript(source);
    const [statement] = program === undefined ? [] : listOf(program, "body");
    const expression = childOf(statement, "expression");
    const [property] = expression?.type === "ObjectExpression" ? listOf(expression, "properties") : [];
    const [node, parent] = property === undefined ? [expression, undefined] : [childOf(property, "value"), property];
    const key = node && keyOfFunction(node, parent);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Returns a text that is equal for the same function, whether it is declared or an expression. */
function keyOfFunction(node: TreeNode, parent: TreeNode | undefined): string | undefined {
  if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return undefined;
  const isMethod = parent?.type === "MethodDefinition" || parent?.type === "Property" && parent["method"] === true;
  const key = isMethod ? childOf(parent, "key") : undefined;
  const type = node.type === "FunctionDeclaration" ? "FunctionExpression" : node.type;
  return `${key === undefined ? "" : shapeOf(key)}${shapeOf({ ...node, type, expression: undefined })}`;
}
