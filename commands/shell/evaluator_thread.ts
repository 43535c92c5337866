/**
 * The thread that evaluates the inputs of a prompt.
 *
 * @module
 */
import process from "node:process";
import { Readable } from "node:stream";
import { isJugError, JugError } from "../../core/errors.ts";
import { encodeFrame } from "../../engine/messages/frames.ts";
import { keepLifeline } from "../../engine/threads/thread_end.ts";
import { endedText, guardExits } from "../../engine/threads/thread_guard.ts";
import { denoHost } from "../cli/host.ts";
import { outcomeOfError } from "../cli/outcome.ts";
import { surviveStrayErrors } from "./stray_errors.ts";
import { complete } from "./input/complete.ts";
import type { EvaluatorSetup, FromEvaluator, ReportedError, ToEvaluator } from "./messages.ts";
import { openShell, type ShellSession, type ShownAnswer } from "./open_shell.ts";
import { threadScope } from "../../engine/threads/thread_scope.ts";

const scope = threadScope<ToEvaluator, FromEvaluator>();
// These are set up before any input runs, since inputs may replace globals.
const host = denoHost();
let post: (message: FromEvaluator) => void = scope.postMessage.bind(scope);
endStdin();
let session: ShellSession | undefined;
let colors = false;
let giveUp = (): void => {};

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "lifeline":
      keepLifeline(data);
      break;
    case "mark": {
      // This thread writes messages itself, synchronously: no other output of it gets into a message, and a message is
      // complete before an input ends the process.
      const decoder = new TextDecoder();
      post = (message) => host.stderr(decoder.decode(encodeFrame(message, data.mark)));
      break;
    }
    case "open":
      open(data.setup).catch((error: unknown) => post({ kind: "refused", error: reportOf(error) }));
      break;
    case "evaluate":
      evaluate(data.text).then((answer) => post({ kind: "answer", id: data.id, answer }));
      break;
    case "complete": {
      const [found, part] = session === undefined ? [[], data.line] : complete(session.scope, data.line);
      post({ kind: "completed", id: data.id, found, part });
      break;
    }
    case "give-up":
      giveUp();
      break;
    case "close":
      post({ kind: "closing" });
      Promise.resolve(session?.close()).finally(() => post({ kind: "closed" }));
      break;
  }
};

/** Makes stdin look ended to user code: the real stdin carries input for the prompt, or messages from it. */
function endStdin(): void {
  Object.assign(Deno.stdin, { read: () => Promise.resolve(null), readSync: () => null });
  Object.defineProperty(Deno.stdin, "readable", { get: () => new Blob([]).stream() });
  Object.defineProperty(process, "stdin", { value: Readable.from([]), configurable: true });
}

async function open(setup: EvaluatorSetup): Promise<void> {
  colors = setup.colors;
  guardExits((call, place, status) => {
    const text = endedText(call, place);
    if (session !== undefined) {
      // The prompt exits with this status later, and Deno.exit throws if it is not a number.
      return post({ kind: "exit", status: Number.isInteger(status) ? status : 1, text: place && text });
    }
    const error = new JugError("jugfile", `${setup.jugfile} could not be loaded\n  ${text}`);
    post({ kind: "refused", error: reportOf(error) });
  });
  const { stdout, stderr } = host;
  const say = (line: string) => {
    if (!setup.isQuiet) stderr(`${line}\n`);
  };
  const opened = await openShell({ ...setup, stdout, stderr, say });
  const banner = await opened.banner();
  session = opened;
  surviveStrayErrors((text) => post({ kind: "astray", text }), opened.errorText);
  post({ kind: "opened", banner });
}

async function evaluate(text: string): Promise<ShownAnswer> {
  if (session === undefined) throw new TypeError("An input came before the jugfile was loaded");
  const given = new Promise<ShownAnswer>((resolve) => {
    giveUp = () => resolve({ kind: "error", text: "interrupted: what the input started may still be running" });
  });
  return await Promise.race([session.answer(text, colors), given]);
}

function reportOf(error: unknown): ReportedError {
  const outcome = outcomeOfError(error);
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  if (outcome.kind !== "refused") return { kind: undefined, message, stack };
  return { kind: isJugError(outcome.error) ? outcome.error.kind : undefined, message: outcome.error.message, stack };
}
