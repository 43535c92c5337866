/**
 * The prompt itself: reads lines, keeps a history, shows what comes of them.
 *
 * @module
 */
import process from "node:process";
import { createInterface, type Interface } from "node:readline";
import { errorText, reportError } from "../../engine/error_report.ts";
import type { CommandContext } from "../command.ts";
import type { Outcome } from "../outcome.ts";
import { outliveAstray } from "./astray.ts";
import { complete } from "./complete.ts";
import { HISTORY_SIZE, openHistory } from "./history.ts";
import type { Answer, ShellSession } from "./open_shell.ts";

const PROMPT = "jug> ";
const MORE = "...> ";

const HELP = `value(x)                   the results of the tasks in x: await value(primes100)
getTasks(pattern?)         every task, or those of a name
getFilteredTasks({ready})  those that are loadable, failed, ready, finished, running or waiting
invalidate(task)           removes its result and all that depend on it
describe(task)             how its result came about
task.run() .canRun() .canLoad() .value() .invalidate() .f
_                          the last value; a promise is awaited before it is shown
jug.value and so on        jug's functions, where the jugfile exports something of that name
.exit                      leaves, as Ctrl-D does
`;

/** Reads and answers until the input ends. */
export async function runPrompt(session: ShellSession, context: CommandContext): Promise<Outcome> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  const colors = isTerminal && !Deno.noColor;
  if (isTerminal) context.stdout(await session.banner());
  const history = openHistory(context.env);
  const rl = createInterface({
    input: process.stdin,
    output: isTerminal ? process.stdout : undefined,
    terminal: isTerminal,
    history: [...history.lines],
    historySize: HISTORY_SIZE,
    prompt: PROMPT,
    completer: (line: string) => complete(session.scope, line),
  });
  let begun = "";
  let isAsking = false;
  const ask = (): void => {
    if (!isTerminal) return;
    isAsking = true;
    rl.prompt();
  };
  const endGuard = outliveAstray((text) => {
    if (!isAsking) return context.stderr(`${text}\n`);
    // On a line of its own, and what is being typed below it.
    context.stderr(`\n${text}\n`);
    rl.prompt(true);
  });
  const interrupts = new Interrupts(rl, () => {
    begun = "";
    clearLine(rl);
  });
  try {
    ask();
    for await (const line of rl) {
      isAsking = false;
      if (isTerminal && line.trim() !== "") history.add(line);
      if (begun === "" && line.trim() === ".exit") break;
      const text = begun === "" ? line : `${begun}\n${line}`;
      begun = await answer(text) ? "" : text;
      rl.setPrompt(begun === "" ? PROMPT : MORE);
      ask();
    }
    if (begun !== "") context.stderr("jug: the last input is not whole\n");
  } finally {
    endGuard();
    rl.close();
  }
  if (isTerminal) context.stdout("\n");
  return { kind: "done" };

  /** Whether the input was whole. */
  async function answer(text: string): Promise<boolean> {
    if (text.trim() === ".help") {
      context.stdout(HELP);
      return true;
    }
    const found = text.trim() === "" ? undefined : await interrupts.unlessInterrupted(evaluate(text));
    if (found === undefined) return true;
    if (found.kind === "incomplete") return false;
    if (found.kind === "error") context.stderr(`${found.text}\n`);
    else if (found.value !== undefined) context.stdout(`${found.value}\n`);
    return true;
  }

  /** The value as a text. */
  async function evaluate(text: string): Promise<Answer> {
    const found = await session.evaluate(text);
    if (found.kind !== "value" || found.value === undefined) return found;
    try {
      return { kind: "value", value: await session.show(found.value, colors) };
    } catch (error) {
      // The state of a task is asked of the jugdir, which may be gone by now; and a value may have code of its own.
      return { kind: "error", text: errorText(reportError(error)) };
    }
  }
}

/** Ctrl-C: gives up waiting for the current input, or clears the line. */
class Interrupts {
  #interrupt: (() => void) | undefined;

  constructor(rl: Interface, onIdle: () => void) {
    rl.on("SIGINT", () => this.#interrupt === undefined ? onIdle() : this.#interrupt());
  }

  async unlessInterrupted(answer: Promise<Answer>): Promise<Answer> {
    const interrupted = new Promise<Answer>((resolve) => {
      this.#interrupt = () => resolve({ kind: "error", text: "interrupted: what was begun may go on by itself" });
    });
    try {
      return await Promise.race([answer, interrupted]);
    } finally {
      this.#interrupt = undefined;
    }
  }
}

function clearLine(rl: Interface): void {
  rl.write(null, { ctrl: true, name: "e" });
  rl.write(null, { ctrl: true, name: "u" });
  // Not part of the declared interface: without it the next arrow would go on from where this line was.
  if (Reflect.has(rl, "historyIndex")) Reflect.set(rl, "historyIndex", -1);
  process.stdout.write("^C\n");
  rl.setPrompt(PROMPT);
  rl.prompt();
}
