/**
 * What is typed at the prompt, made into a function: a top-level `await` works, what is declared stays, and the value of the
 * last expression is the answer.
 *
 * @module
 */
import { parse, type Program } from "npm:acorn@8";

/** What became of a text. */
export type Compiled =
  /** `run` awaits what the text gives; names that it declares have to be in scope before */
  | { readonly kind: "ready"; readonly names: readonly string[]; run(scope: object): Promise<unknown> }
  /** more lines may make it whole */
  | { readonly kind: "incomplete" }
  | { readonly kind: "wrong"; readonly error: SyntaxError };

type Statement = Program["body"][number];
type Declaration = Extract<Statement, { type: "VariableDeclaration" }>;
type Pattern = Declaration["declarations"][number]["id"];

/** Understands one input. */
export function compile(text: string): Compiled {
  // `{ a: 1 }` is an object to whoever types it, not a block with a label.
  const asObject = /^\s*\{/.test(text) && !/;\s*$/.test(text) ? tryParse(`(${text}\n)`) : undefined;
  const parsed = asObject?.kind === "parsed" ? asObject : tryParse(text);
  if (parsed.kind !== "parsed") return parsed;
  const { source, program } = parsed;
  const refused = program.body.find((statement) => /^(Import|Export)/.test(statement.type));
  if (refused !== undefined) {
    const error = new SyntaxError("import and export do not work here: const m = await import(…) does");
    return { kind: "wrong", error };
  }
  const names: string[] = [];
  const hoisted: string[] = [];
  const lines: string[] = [];
  const last = program.body.findLast((statement) => statement.type !== "FunctionDeclaration");
  for (const statement of program.body) {
    const line = rewrite(source, statement, names, statement === last);
    if (statement.type === "FunctionDeclaration") hoisted.push(line);
    else lines.push(line);
  }
  return { kind: "ready", names, run: toFunction([...hoisted, ...lines].join("\n")) };
}

type Parsed = { readonly kind: "parsed"; readonly source: string; readonly program: Program };

function tryParse(source: string): Parsed | Exclude<Compiled, { kind: "ready" }> {
  try {
    return { kind: "parsed", source, program: parse(source, { ecmaVersion: "latest", sourceType: "module" }) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return isAtEnd(error, source) ? { kind: "incomplete" } : { kind: "wrong", error };
  }
}

/** Whether the parser ran out of text, rather than into something wrong. */
function isAtEnd(error: SyntaxError, source: string): boolean {
  if (/^Unterminated (template|comment)/.test(error.message)) return true;
  return "pos" in error && typeof error.pos === "number" && error.pos >= source.trimEnd().length;
}

/** Declarations become assignments to names of the scope, which outlives this input. */
function rewrite(source: string, statement: Statement, names: string[], isLast: boolean): string {
  const text = source.slice(statement.start, statement.end);
  switch (statement.type) {
    case "VariableDeclaration": {
      const parts = statement.declarations.map(({ id, init }) => {
        names.push(...namesIn(id));
        const target = source.slice(id.start, id.end);
        return init ? `${target} = ${source.slice(init.start, init.end)}` : `${target} = undefined`;
      });
      return `(${parts.join(", ")});`;
    }
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (statement.id) names.push(statement.id.name);
      return statement.id ? `${statement.id.name} = ${text};` : text;
    case "ExpressionStatement": {
      const { expression } = statement;
      const isAssignment = expression.type === "AssignmentExpression" && expression.operator === "=";
      // `x = 3` makes a name, as people who explore expect it.
      if (isAssignment && expression.left.type !== "MemberExpression") names.push(...namesIn(expression.left));
      return isLast ? `return (${source.slice(expression.start, expression.end)}\n);` : text;
    }
    default:
      return text;
  }
}

function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((part) => namesIn(part.type === "RestElement" ? part.argument : part.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((part) => part === null ? [] : namesIn(part));
    case "RestElement":
      return namesIn(pattern.argument);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    default:
      return [];
  }
}

/** A `with` around strict code is the one way to give it a scope that is an object, in the realm of the jugfile. */
function toFunction(code: string): (scope: object) => Promise<unknown> {
  const run: unknown = new Function(
    "scope",
    `with (scope) return (async function () { "use strict";\n${code}\n}).call(undefined);`,
  );
  if (typeof run !== "function") throw new TypeError("Function made no function");
  return async (scope) => await run(scope);
}
