/**
 * What is typed at the prompt, made into a function: a top-level `await` works, what is declared stays, and the value of the
 * last expression is the answer.
 *
 * @module
 */
import type { Program } from "npm:acorn@8";
import { InputCode } from "./input_code.ts";
import { parseInput } from "./parse_input.ts";

/** What became of a text. */
export type Compiled =
  /** names that it declares have to be in scope before it is run */
  | ReadyInput
  /** more lines may make it whole */
  | { readonly kind: "incomplete" }
  /** `at` is where in the text, if that is known */
  | { readonly kind: "wrong"; readonly message: string; readonly at: number | undefined };

/** An input that can be run. */
export interface ReadyInput {
  readonly kind: "ready";
  readonly names: readonly string[];
  /** Awaits what the text gives. */
  run(scope: object): Promise<unknown>;
  /** Where in the text a place in a stack is, of a file named `file`. */
  placeOf(line: number, column: number): number | undefined;
}

type Statement = Program["body"][number];
type Declaration = Extract<Statement, { type: "VariableDeclaration" }>;
type Pattern = Declaration["declarations"][number]["id"];

/** Understands one input. Stacks call it `file`. */
export async function compile(text: string, file = "prompt://input/script"): Promise<Compiled> {
  const parsed = await parseInput(text);
  if (parsed.kind !== "parsed") return parsed;
  const { source, program, shift } = parsed;
  const refused = program.body.find((statement) => /^(Import|Export)/.test(statement.type));
  if (refused !== undefined) {
    const message = "import and export do not work here: const m = await import(…) does";
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
    // V8 knows rules that the parser does not.
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "wrong", message: error.message, at: undefined };
  }
}

/** Declarations become assignments to names of the scope, which outlives this input. */
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
      // `x = 3` makes a name, as people who explore expect it.
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

/** V8 puts two lines before the body of a function that is made from text, and the first line of the body is ours. */
const LINES_BEFORE = 3;

/** A `with` around strict code is the one way to give it a scope that is an object, in the realm of the jugfile. */
function toFunction(code: string, file: string): (scope: object) => Promise<unknown> {
  const run: unknown = new Function(
    "scope",
    `with (scope) return (async function () { "use strict";\n${code}\n}).call(undefined);\n//# sourceURL=${file}`,
  );
  if (typeof run !== "function") throw new TypeError("Function made no function");
  return async (scope) => await run(scope);
}
