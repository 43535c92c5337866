/**
 * Shows the progress of `jug execute` and the output of its tasks. On a terminal, progress is redrawn in place;
 * elsewhere it is printed as plain lines.
 *
 * @module
 */
import type { RunRequest } from "../../engine/run/run_request.ts";
import type { CommandContext } from "../cli/command.ts";
import { ourText, painter } from "../display/paint.ts";
import { TaskLines } from "../display/task_lines.ts";

/** The display that a run writes its messages, progress and output to. */
export interface ExecuteDisplay extends Pick<RunRequest, "say" | "warn" | "output" | "watch"> {
  /** Removes the progress lines and writes incomplete lines of output. Later messages appear without progress lines. */
  close(): void;
}

/** While tasks print, the progress lines are redrawn at most once in this time, in milliseconds. */
const REDRAW_MS = 50;
/** The size of a terminal that does not report its size. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** Opens a display that suits the output streams and the verbosity. */
export async function openDisplay(context: CommandContext): Promise<ExecuteDisplay> {
  const isQuiet = context.verbosity === "quiet";
  const lines = new TaskLines();
  /** On a terminal, each line is prefixed with the task's label. A file or pipe gets the task's output unchanged. */
  const output = (stream: "stdout" | "stderr", text: string, label: string | undefined): void => {
    // Output without a label comes from the top level of the jugfile. It is shown even if quiet.
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
  // With `watch` set, the run also captures what tasks write directly to the terminal, without the console.
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
  /** Calls `write` with the progress lines removed, so that its text appears above them. */
  const above = (write: () => void) => {
    block.erase();
    write();
    // Tasks may print continuously, so redraw here too, but at a limited rate.
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
