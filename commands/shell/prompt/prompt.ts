/**
 * The prompt of `jug shell`: reads inputs, keeps a history, and shows the results.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { isJugError } from "../../../core/errors.ts";
import type { CommandContext } from "../../cli/command.ts";
import { ourText, painter } from "../../display/paint.ts";
import { processFlags, PROMPT as STARTER } from "../../run/isolation.ts";
import type { Outcome } from "../../cli/outcome.ts";
import type { Need } from "../../deno_flags/need.ts";
import { inProcess, inThread, type OpenEvaluator } from "../evaluator.ts";
import { HISTORY_SIZE, openHistory } from "./history.ts";
import { abandonLine, joinInHistory, searchByCtrlR } from "./line_editor.ts";
import type { ExitCall } from "../messages.ts";
import { type InputOutcome, RemoteShell } from "../remote_shell.ts";

const PROMPT = "jug> ";
const MORE = "...> ";
/** Clears the screen and its scrollback, and moves the cursor to the upper left corner. */
const CLEAR_SCREEN = "\x1b[H\x1b[2J\x1b[3J";

const HELP = `value(x)                   the results of the tasks in x: await value(primes100)
getTasks(pattern?)         all tasks, or those of a name
getFilteredTasks({ready})  those that are loadable, failed, ready, finished, running or waiting
invalidate(task)           removes its result and all that depend on it
describe(task)             how its result was computed
task.run() .canRun() .canLoad() .value() .invalidate() .f
_                          the last value; a promise is awaited before it is shown
jug.value, …               jug's functions, if the jugfile exports something of the same name
clear                      clears the screen, as Ctrl-L does
.exit                      leaves, as Ctrl-D does
Ctrl-C                     gives up an input; if it was computing, names made at the prompt are lost
Ctrl-R                     finds earlier inputs
`;

/** Evaluates inputs until the user leaves. `passOn`: permissions of inputs in addition to those that jug finds. */
export async function runPrompt(context: CommandContext, passOn: readonly Need[]): Promise<Outcome> {
  const { jugfile, jugdir, args } = context;
  const setup = { jugfile, jugdir, args, isQuiet: context.verbosity === "quiet", colors: context.color.stdout };
  /** Shows text that can arrive at any time. Replaced below, once there is a prompt that the text must not disturb. */
  let tell = (text: string): void => context.stderr(text);
  /** Set if an input ends the shell, or code that an earlier input left running. */
  let exit: ExitCall | undefined;
  let leave = (): void => {};
  const shell = new RemoteShell(setup, evaluatorOf(context, passOn), {
    onText: (text) => tell(text),
    onLost: (text) => tell(`${text}\nthe next input loads ${jugfile} again; names made at the prompt are lost\n`),
    onExit: (call) => {
      exit = call;
      leave();
    },
  });
  const history = openHistory(context.env);
  context.stdout(await shell.open());

  const rl = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    history: [...history.inputs],
    historySize: HISTORY_SIZE,
    prompt: PROMPT,
    completer: (line: string, found: (error: null, result: [string[], string]) => void) =>
      void shell.complete(line).then((result) => found(null, result)),
  });
  searchByCtrlR(rl, process.stdout);
  /** The lines of an input that is incomplete so far. */
  let begun: string[] = [];
  /** Whether the prompt is shown. */
  let isAsking = false;
  /** Whether the terminal is gone. */
  let isGone = false;
  const ask = (): void => {
    isAsking = true;
    rl.setPrompt(begun.length === 0 ? PROMPT : MORE);
    // Keep the cursor at the end of what was typed while the last input was evaluated.
    rl.prompt(true);
  };
  tell = (text) => {
    if (!isAsking) return context.stderr(text);
    // Show the text on a separate line, then the prompt again with the typed text.
    context.stderr(`\n${text}${text.endsWith("\n") ? "" : "\n"}`);
    rl.prompt(true);
  };
  leave = () => rl.close();
  rl.on("SIGINT", () => {
    if (shell.isOpening) return shell.abandon();
    if (!isAsking) return shell.giveUp();
    begun = [];
    abandonLine(rl);
    context.stdout("^C\n");
    ask();
  });
  // The terminal was closed. Ctrl-D does not get here: readline handles it at the next prompt.
  process.stdin.once("end", () => {
    isGone = true;
    shell.abandon();
  });
  try {
    ask();
    for await (const line of rl) {
      isAsking = false;
      const lines = [...begun, line];
      const text = lines.join("\n");
      begun = [];
      const word = text.trim();
      if (word === ".exit") break;
      if (word === ".help") context.stdout(HELP);
      else if (await isClear(word)) context.stdout(CLEAR_SCREEN);
      else if (word !== "" && exit === undefined && (shell.isOpen || await isReopened())) {
        const outcome = await shell.evaluate(text);
        if (isGone) break;
        if (outcome.kind === "incomplete") begun = lines;
        else if (outcome.kind === "exit") exit = outcome;
        else await showOutcome(outcome);
      }
      if (begun.length === 0 && word !== "") {
        if (lines.length > 1) joinInHistory(rl, lines);
        history.add(text);
      }
      if (exit !== undefined) break;
      ask();
    }
  } finally {
    await shell.close();
    rl.close();
  }
  if (exit === undefined) {
    if (!isGone) context.stdout("\n");
    return { kind: "done" };
  }
  if (exit.text !== undefined) context.stderr(ourText(exit.text, "yellow", painter(context.color.stderr)));
  return { kind: "exited", status: exit.status };

  /** Whether the input asks to clear the screen. The word "clear" does so only if there is no such name in scope. */
  async function isClear(word: string): Promise<boolean> {
    if (word === ".clear") return true;
    return /^clear(\(\))?;?$/.test(word) && !(await shell.complete("clear"))[0].includes("clear");
  }

  async function showOutcome(outcome: Exclude<InputOutcome, { kind: "incomplete" | "exit" }>): Promise<void> {
    switch (outcome.kind) {
      case "value":
        if (outcome.text !== undefined) context.stdout(`${outcome.text}\n`);
        return;
      case "error":
        return context.stderr(`${outcome.text}\n`);
      case "lost":
        context.stderr(`${outcome.text}\n${jugfile} is loaded again; names made at the prompt are lost\n`);
        await isReopened();
    }
  }

  /** Loads the jugfile again and returns whether that succeeded. If not, the next input tries again. */
  async function isReopened(): Promise<boolean> {
    try {
      await shell.open();
      return true;
    } catch (error) {
      if (!isJugError(error)) throw error;
      context.stderr(ourText(error.message, "red", painter(context.color.stderr)));
      return false;
    }
  }
}

/** Chooses where inputs are evaluated: in a process, or in a thread if none can be started and `passOn` is empty. */
function evaluatorOf(context: CommandContext, passOn: readonly Need[]): OpenEvaluator {
  try {
    return inProcess(processFlags(context, passOn, STARTER));
  } catch (error) {
    if (!isJugError(error) || passOn.length > 0) throw error;
    context.say(error.message);
    context.say("  Without it inputs are evaluated in the shell's own process: Ctrl-C cannot stop one that computes");
    return inThread;
  }
}
