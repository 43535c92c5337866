/**
 * Splits a `console` block into commands with the output that the page shows, and compares it with the real output.
 *
 * @module
 */

/** A command, and the lines that the page shows below it; none if the page does not show its output. */
export interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

/** Reads a `console` block. Lines that begin with `$ ` are commands; one that ends with a backslash goes on. */
export function stepsOf(text: string): Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of text.split("\n")) {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`a console block begins with "$ ", not with: ${line}`);
    else if (last.shown.length === 0 && last.command.endsWith("\\")) last.command += `\n${line}`;
    else last.shown.push(line);
  }
  return steps;
}

const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";

/** What a page may declare as varying. Each kind is replaced by a word before texts are compared. */
const KINDS: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  durations: [[/\b\d+(\.\d+)? ?(ms|s|min|h)\b( \d+(\.\d+)? ?(ms|s|min)\b)*/g, "<duration>"]],
  times: [
    [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, "<time>"],
    [new RegExp(`\\b\\d{1,2} (${MONTHS}) \\d{4}`, "g"), "<time>"],
  ],
  workers: [[/\b[\w-]+:\d+(\.\d+)?\b/g, "<worker>"], [/\bprocess \d+( on [\w-]+)?/g, "<worker>"]],
  numbers: [[/\d+(\.\d+)?/g, "<number>"]],
};

/** Lines that depend on how busy the machine is. A terminal shows a progress block in their place. */
const BUSY = /^(\d+ of \d+ finished .*|the run took .*|loading the jugfile.*)$/;

/**
 * Returns why the real output is not what the page shows; `undefined` if it is. A line `…` of the page stands for any
 * number of lines, and `…` in a line for any text.
 */
export function differs(shown: readonly string[], output: string, varies: readonly string[]): string | undefined {
  const unknown = varies.find((kind) => KINDS[kind] === undefined);
  if (unknown !== undefined) return `nothing varies as "${unknown}"; there are: ${Object.keys(KINDS).join(", ")}`;
  if (shown.length === 0) return undefined;
  const real = output.split("\n").filter((line) => !BUSY.test(line)).join("\n").trimEnd();
  const wanted = shown.filter((line) => !BUSY.test(line)).join("\n").trimEnd();
  const level = (text: string) => {
    if (varies.length === 0) return text;
    let levelled = text;
    for (const kind of varies) {
      for (const [pattern, word] of KINDS[kind] ?? []) levelled = levelled.replace(pattern, word);
    }
    // Columns are as wide as what varies in them.
    return levelled.replaceAll(/-{3,}/g, "---").replaceAll(/\.{4,}/g, "....").replaceAll(/ +/g, " ");
  };
  const pattern = level(wanted).split("\n").map((line) =>
    line.trim() === "…" ? "(?:.*\n)*?" : `${line.split("…").map(RegExp.escape).join(".*")}[ ]*\n`
  ).join("");
  if (new RegExp(`^${pattern}$`).test(`${level(real)}\n`)) return undefined;
  return `the page shows:\n${wanted}\n\nbut this is printed:\n${real}`;
}
