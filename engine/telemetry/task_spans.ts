/**
 * The spans of tasks, one for each attempt.
 *
 * @module
 */
import { reportError } from "../results/error_report.ts";
import type { Span } from "./api.ts";
import { formatTraceparent, parseTraceparent } from "./trace_context.ts";
import { recordError, type Tracing } from "./tracing.ts";

/** A task that is running, as far as its span shows it. */
export interface SpannedTask {
  readonly task: { readonly name: string; readonly hash: string };
  /** The span of the current attempt. */
  span: TaskSpan | undefined;
}

/** The outcome of an attempt, as far as its span shows it. */
export interface SpannedOutcome {
  readonly kind: string;
  /** What a failed attempt threw. */
  readonly thrown?: unknown;
}

/** The most links of a span. Collectors drop further ones. */
const MOST_LINKS = 128;
/** The most lines of output that a span shows, and the longest, in characters. The task's log has all of them. */
const MOST_OUTPUTS = 100;
const LONGEST_OUTPUT = 2000;

function shortened(text: string): string {
  return text.slice(0, LONGEST_OUTPUT).replace(/\n$/, "");
}

/** The span of one attempt. */
export class TaskSpan {
  readonly #span: Span;
  #links = 0;
  #outputs = 0;

  constructor(span: Span) {
    this.#span = span;
  }

  /** What to store with the result, so that others can link to it; `undefined` if the trace is not recorded. */
  get trace(): string | undefined {
    const context = this.#span.spanContext();
    return (context.traceFlags & 1) === 0 ? undefined : formatTraceparent(context);
  }

  /** Links to the attempt that computed an input. Its `traceparent` comes from a store, and may be anything. */
  linkTo(traceparent: string): void {
    const context = parseTraceparent(traceparent);
    if (context !== undefined && this.#links++ < MOST_LINKS) this.#span.addLink?.({ context });
  }

  /** Shows what the task printed. */
  print(stream: "stdout" | "stderr", text: string): void {
    if (this.#outputs++ >= MOST_OUTPUTS) return;
    this.#span.addEvent("log", { "log.iostream": stream, "log.record.original": shortened(text) });
  }

  end({ kind, thrown }: SpannedOutcome): void {
    this.#span.setAttributes({ "jug.task.outcome": kind });
    if (kind === "failed") recordError(this.#span, reportError(thrown));
    this.#span.end();
  }
}

/** Makes the spans of one worker's tasks. */
export class TaskSpans {
  readonly #tracing: Tracing;
  readonly #worker: string;

  /** `worker`: the worker's name. */
  constructor(tracing: Tracing, worker: string) {
    this.#tracing = tracing;
    this.#worker = worker;
  }

  /**
   * Makes an attempt at a task in a span of its own. `work` returns or resolves to its outcome, and neither throws nor
   * rejects.
   */
  around<O extends SpannedOutcome>(running: SpannedTask, attempt: number, work: () => O | Promise<O>): O | Promise<O> {
    const { name, hash } = running.task;
    const attributes = {
      "jug.task.name": name,
      "jug.task.hash": hash,
      "jug.task.attempt": attempt,
      "jug.worker": this.#worker,
    };
    const inner = this.#tracing.start(name, { attributes });
    const span = new TaskSpan(inner);
    running.span = span;
    const outcome = this.#tracing.within(inner, work);
    if (outcome instanceof Promise) {
      return outcome.then((outcome) => {
        span.end(outcome);
        return outcome;
      });
    }
    span.end(outcome);
    return outcome;
  }
}
