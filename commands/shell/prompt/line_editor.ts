/**
 * Adds to node:readline what it lacks for a prompt: a search with Ctrl-R, and a history with inputs of several lines.
 *
 * @module
 */
import { clearLine, cursorTo, type Interface } from "node:readline";
import { cut } from "../../display/cut.ts";
import { type Key, ReverseSearch } from "./reverse_search.ts";

/** The terminal that the search is drawn on. */
export type Output = NodeJS.WritableStream & { readonly columns?: number };

/** Fields of a line editor that are used here, including undeclared ones. */
interface Internals {
  history: string[];
  cursor: number;
  line: string;
}

/** The width of a terminal that does not report its width. */
const USUAL_COLUMNS = 80;

/** Replaces the lines of an input in the history with the whole input. */
export function joinInHistory(rl: Interface, lines: readonly string[]): void {
  const { history } = internals(rl);
  // readline does not add a line that equals the previous one, so remove a line only if it is there.
  for (const line of lines.toReversed()) if (history[0] === line) history.shift();
  history.unshift(lines.join("\n"));
}

/** Abandons the current line: its text stays on the screen, with the cursor at its end, and a new line is begun. */
export function abandonLine(rl: Interface): void {
  rl.write(null, { ctrl: true, name: "e" });
  setLine(rl, "");
  // Otherwise the next prompt would overwrite rows of this line, and the next arrow key would continue in the history.
  if (Reflect.has(rl, "prevRows")) Reflect.set(rl, "prevRows", 0);
  if (Reflect.has(rl, "historyIndex")) Reflect.set(rl, "historyIndex", -1);
}

/** Makes Ctrl-R search the history. Does nothing if Deno's line editor lacks the internal method to intercept keys. */
export function searchByCtrlR(rl: Interface, output: Output): void {
  const pass: unknown = Reflect.get(rl, "_ttyWrite");
  if (typeof pass !== "function") return;
  const original = (text: string | undefined, key: Key) => void Reflect.apply(pass, rl, [text, key]);
  let search: ReverseSearch | undefined;
  let before = { line: "", cursor: 0 };

  const draw = ({ text }: ReverseSearch) => {
    cursorTo(output, 0);
    clearLine(output, 0);
    output.write(cut(text, (output.columns ?? USUAL_COLUMNS) - 1));
  };
  const leave = (line: string, cursor: number) => {
    search = undefined;
    cursorTo(output, 0);
    clearLine(output, 0);
    setLine(rl, line, cursor);
    rl.prompt(true);
  };
  const onKey = (text: string | undefined, key: Key = {}): void => {
    if (search === undefined) {
      if (!key.ctrl || key.name !== "r") return original(text, key);
      const { line, cursor, history } = internals(rl);
      before = { line, cursor };
      // Clear the line, which may take several rows.
      setLine(rl, "");
      rl.prompt(true);
      search = new ReverseSearch(history);
      return draw(search);
    }
    const step = search.press(text, key);
    switch (step.kind) {
      case "searching":
        return draw(search);
      case "cancelled":
        return leave(before.line, before.cursor);
      case "taken": {
        const { found } = search;
        if (found === undefined) leave(before.line, before.cursor);
        else leave(found, found.length);
        if (step.isPassed) original(text, key);
      }
    }
  };
  Reflect.set(rl, "_ttyWrite", onKey);
}

function setLine(rl: Interface, line: string, cursor = line.length): void {
  Reflect.set(rl, "line", line);
  Reflect.set(rl, "cursor", cursor);
}

function internals(rl: Interface): Internals {
  const history: unknown = Reflect.get(rl, "history");
  return { history: isTexts(history) ? history : [], cursor: rl.cursor, line: rl.line };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
