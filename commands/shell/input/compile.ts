/**
 * Compiles an input of the prompt to a function. Top-level `await` works, declared names remain available to later
 * inputs, and the function returns the value of the last expression.
 *
 * @module
 */
import type { Program } from "npm:acorn@8";
import { InputCode } from "./input_code.ts";
import { parseInput } from "./parse_input.ts";

/** The result of compiling a text. */
export type Compiled =
  /** the names that it declares must be added to the scope before it runs */
  | ReadyInput
  /** the text is incomplete; further lines may complete it */
  | { readonly kind: "incomplete" }
  /** the text has an error, at position `at` if known */
  | { readonly kind: "wrong"; readonly message: string; readonly at: number | undefined };

/** An input that can be run. */
export interface ReadyInput {
  readonly kind: "ready";
  /** The names that it declares. */
  readonly names: readonly string[];
  /** Runs the input and returns its value. */
  run(scope: object): Promise<unknown>;
  /** Maps a position in a stack frame of this input to an offset in the text; `undefined` if there is none. */
  placeOf(line: number, column: number): number | undefined;
}

type Statement = Program["body"][number];
type Declaration = Extract<Statement, { type: "VariableDeclaration" }>;
type Pattern = Declaration["declarations"][number]["id"];

/** Compiles one input. Stack traces name it `file`. */
export async function compile(text: string, file = "prompt://input/script"): Promise<Compiled> {
  const parsed = await parseInput(text);
  if (parsed.kind !== "parsed") return parsed;
  const { source, program, shift } = parsed;
  const refused = program.body.find((statement) => /^(Import|Export)/.test(statement.type));
  if (refused !== undefined) {
    const message = "import and export do not work here: use const m = await import(…)";
    return { kind: "wrong", message, at: refused.start };
  }
  const names: string[] = [];
  const hoisted = new InputCode(source, shift);
  const code = new InputCode(source, shift);
  const last = program.body.findLast((statement) => statement.type !== "FunctionDeclaration");
  for (const statement of program.body) {
    const target = statement.type === "FunctionDeclaration" ? hoisted : code;
    rewrite(target, statement, names, statement === last);
    target.add("\n");
  }
  hoisted.append(code);
  try {
    return {
      kind: "ready",
      names,
      run: toFunction(hoisted.text, file),
      placeOf: (line, column) => hoisted.placeOf(line - LINES_BEFORE, column),
    };
  } catch (error) {
    // V8 checks rules that the parser does not.
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "wrong", message: error.message, at: undefined };
  }
}

/** Adds a statement to the code. Declarations become assignments to names of the scope, which later inputs share. */
function rewrite(code: InputCode, statement: Statement, names: string[], isLast: boolean): void {
  switch (statement.type) {
    case "VariableDeclaration": {
      code.add("(");
      for (const [index, { id, init }] of statement.declarations.entries()) {
        names.push(...namesIn(id));
        if (index > 0) code.add(", ");
        code.copy(id);
        code.add(" = ");
        if (init) code.copy(init);
        else code.add("undefined");
      }
      return code.add(");");
    }
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (statement.id) {
        names.push(statement.id.name);
        code.add(`${statement.id.name} = `);
      }
      code.copy(statement);
      return code.add(";");
    case "ExpressionStatement": {
      const { expression } = statement;
      const isAssignment = expression.type === "AssignmentExpression" && expression.operator === "=";
      // `x = 3` declares a name, as users expect at a prompt.
      if (isAssignment && expression.left.type !== "MemberExpression") names.push(...namesIn(expression.left));
      if (!isLast) return code.copy(statement);
      code.add("return (");
      code.copy(expression);
      return code.add("\n);");
    }
    default:
      return code.copy(statement);
  }
}

/** Returns the names that a pattern declares. */
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

/** V8 adds two lines before the body of a function made from text, and the first line of the body is generated. */
const LINES_BEFORE = 3;

/**
 * Creates a function that runs the code. A `with` statement around strict code is the only way to run it in the realm
 * of the jugfile with an object as its scope.
 */
function toFunction(code: string, file: string): (scope: object) => Promise<unknown> {
  const run: unknown = new Function(
    "scope",
    `with (scope) return (async function () { "use strict";\n${code}\n}).call(undefined);\n//# sourceURL=${file}`,
  );
  if (typeof run !== "function") throw new TypeError("Function did not return a function");
  return async (scope) => await run(scope);
}
