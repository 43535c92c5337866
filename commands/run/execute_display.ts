/**
 * What `jug execute` shows while it runs: progress and what tasks print, drawn in place on a terminal, plain lines elsewhere.
 *
 * @module
 */
import type { RunRequest } from "../../engine/run/run_request.ts";
import type { CommandContext } from "../cli/command.ts";
import { ourText, painter } from "../display/paint.ts";
import { TaskLines } from "../display/task_lines.ts";

/** Where a run says what goes on. */
export interface ExecuteDisplay extends Pick<RunRequest, "say" | "warn" | "output" | "watch"> {
  /** Leaves the terminal to others. What is said afterwards is written as it is. */
  close(): void;
}

/** Lines are drawn anew at most this often while tasks print, in milliseconds. */
const REDRAW_MS = 50;
/** Where the terminal does not say how large it is. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** Opens the display that fits what stderr and stdout are, and how much is wanted. */
export async function openDisplay(context: CommandContext): Promise<ExecuteDisplay> {
  const isQuiet = context.verbosity === "quiet";
  const lines = new TaskLines();
  /** On a terminal each line says whose it is; a file gets what the task wrote, and nothing else. */
  const output = (stream: "stdout" | "stderr", text: string, label: string | undefined): void => {
    // The jugfile itself prints what it likes.
    if (isQuiet && label !== undefined) return;
    const isLive = stream === "stdout" ? context.liveStdout : context.liveStderr;
    const shown = isLive ? lines.add(stream, text, label) : text;
    if (shown !== "") context[stream](shown);
  };
  const finish = () => {
    for (const [stream, text] of lines.rest()) context[stream](text);
  };
  const paint = painter(context.color.stderr);
  const plain = { say: context.say, warn: (line: string) => context.stderr(ourText(line, "red", paint)), output };
  // Whoever watches gets what tasks write to the terminal past the console, too.
  if (isQuiet) return { ...plain, watch: () => {}, close: finish };
  if (!context.liveStderr || context.env("TERM") === "dumb") return { ...plain, close: finish };

  const [{ LiveBlock }, { layOut }] = await Promise.all([
    import("../display/live_block.ts"),
    import("../display/layout.ts"),
  ]);
  const size = () => context.terminalSize() ?? USUAL_SIZE;
  const block = new LiveBlock({ write: context.stderr, columns: () => size().columns });
  let last: readonly string[] = [];
  let drawnAt = -Infinity;
  const draw = () => {
    drawnAt = context.now().getTime();
    block.draw(last);
  };
  /** Lets `write` write above the lines. */
  const above = (write: () => void) => {
    block.erase();
    write();
    // While tasks print without end, the lines come back now and then.
    if (last.length > 0 && context.now().getTime() - drawnAt >= REDRAW_MS) draw();
  };
  return {
    say: (line) => above(() => plain.say(line)),
    warn: (line) => above(() => plain.warn(line)),
    output: (stream, text, label) => above(() => output(stream, text, label)),
    watch: (progress) => {
      last = layOut(progress, { ...size(), color: context.color.stderr });
      draw();
    },
    close: () => {
      last = [];
      block.erase();
      finish();
    },
  };
}
