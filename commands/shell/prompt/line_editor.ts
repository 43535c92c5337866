/**
 * What node:readline lacks at a prompt: a search by Ctrl-R, and inputs of several lines that come back as one.
 *
 * @module
 */
import { clearLine, cursorTo, type Interface } from "node:readline";
import { cut } from "../../display/cut.ts";
import { type Key, ReverseSearch } from "./reverse_search.ts";

/** Where the search is drawn. */
export type Output = NodeJS.WritableStream & { readonly columns?: number };

/** The parts of a line editor that its declared interface leaves out. */
interface Internals {
  history: string[];
  cursor: number;
  line: string;
}

/** Where the terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** Puts an input in the place of the lines that it was typed in. */
export function joinInHistory(rl: Interface, lines: readonly string[]): void {
  const { history } = internals(rl);
  // A line that is the same as the one before was not kept twice.
  for (const line of lines.toReversed()) if (history[0] === line) history.shift();
  history.unshift(lines.join("\n"));
}

/** Leaves the line as it stands on the screen, with the cursor behind it, for an empty one further down. */
export function abandonLine(rl: Interface): void {
  rl.write(null, { ctrl: true, name: "e" });
  setLine(rl, "");
  // Without these the next prompt would be drawn over rows of this one, and the next arrow go on from where it was.
  if (Reflect.has(rl, "prevRows")) Reflect.set(rl, "prevRows", 0);
  if (Reflect.has(rl, "historyIndex")) Reflect.set(rl, "historyIndex", -1);
}

/** Has Ctrl-R search the history. Where this Deno's line editor does not let keys be taken from it, nothing is changed. */
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
      // The line goes, however many rows it has.
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
