/**
 * Shows `jug status --watch`: lines that are redrawn in place on a terminal, a line per change elsewhere.
 *
 * @module
 */
import { CONSOLE_METHODS } from "../../engine/task/captured_console.ts";
import { redirectConsole } from "../../engine/task/console_redirect.ts";
import type { CommandContext } from "../cli/command.ts";
import type { Area } from "../display/layout.ts";

/** What is shown at one moment. */
export interface Shown {
  /** Returns the lines for a terminal. */
  readonly lines: (area: Area) => readonly string[];
  /** The line for a file or a pipe. */
  readonly line: string;
  /** A text that is the same as before if nothing has changed but speed and time. */
  readonly key: string;
}

/** The display of a watch. */
export interface WatchDisplay {
  /** How often it may be updated, in milliseconds. */
  readonly intervalMs: number;
  show(shown: Shown): void;
  /** Writes whole lines to stderr, above what is redrawn. */
  write(text: string): void;
  /** Leaves what is shown, and gives the console back. */
  close(): void;
}

/** How often the lines on a terminal are redrawn at most, in milliseconds. */
const REDRAW_MS = 250;
/** How often a line is printed at most, in milliseconds. */
const LINE_MS = 1000;
/** The size of a terminal that does not report its size. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** The signals by which a terminal tells that its size has changed, or that the process was suspended. */
const RESIZED = "SIGWINCH";
const RESUMED = "SIGCONT";

/** Opens the display. `redraws`: whether it is a terminal whose lines can be redrawn. */
export async function openWatchDisplay(context: CommandContext, redraws: boolean): Promise<WatchDisplay> {
  if (!redraws) return lineDisplay(context);
  const { LiveBlock } = await import("../display/live_block.ts");
  const size = () => context.terminalSize() ?? USUAL_SIZE;
  const block = new LiveBlock({ write: context.stdout, columns: () => size().columns });
  let last: Shown | undefined;
  const draw = () => {
    if (last !== undefined) block.draw(last.lines({ ...size(), color: context.color.stdout }));
  };
  const write = (text: string) => {
    block.erase();
    context.stderr(text);
    draw();
  };
  const giveBackConsole = captureConsole((text) => write(text));
  const resumed = () => {
    // The shell has written below the lines.
    block.leave();
    draw();
  };
  const isPosix = Deno.build.os !== "windows";
  if (isPosix) {
    Deno.addSignalListener(RESIZED, draw);
    Deno.addSignalListener(RESUMED, resumed);
  }
  return {
    intervalMs: REDRAW_MS,
    show: (shown) => {
      last = shown;
      draw();
    },
    write,
    close: () => {
      if (isPosix) {
        Deno.removeSignalListener(RESIZED, draw);
        Deno.removeSignalListener(RESUMED, resumed);
      }
      giveBackConsole();
      last = undefined;
      block.leave();
    },
  };
}

function lineDisplay({ stdout, stderr }: CommandContext): WatchDisplay {
  let before: string | undefined;
  const giveBackConsole = captureConsole(stderr);
  return {
    intervalMs: LINE_MS,
    show: ({ line, key }) => {
      if (key === before) return;
      before = key;
      stdout(`${line}\n`);
    },
    write: stderr,
    close: giveBackConsole,
  };
}

/**
 * Passes to `write` what the jugfile prints when it is loaded further: it must neither garble the lines nor get among
 * those that programs read. Returns a function that gives the console back.
 */
function captureConsole(write: (text: string) => void): () => void {
  const originals = CONSOLE_METHODS.map((name): readonly [string, unknown] => [name, Reflect.get(console, name)]);
  redirectConsole({ showsTopLevel: true, tell: (_stream, text) => write(text) });
  return () => {
    for (const [name, original] of originals) Reflect.set(console, name, original);
  };
}
