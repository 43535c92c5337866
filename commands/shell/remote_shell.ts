/**
 * A shell that sends its inputs to an evaluator in another thread or process, and survives the end of the evaluator.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Evaluator, OpenEvaluator } from "./evaluator.ts";
import type { EvaluatorSetup, ExitCall, FromEvaluator, ReportedError, ToEvaluator } from "./messages.ts";
import type { ShownAnswer } from "./open_shell.ts";

/** The outcome of an input. */
export type InputOutcome =
  | ShownAnswer
  /** code called a function that ends the shell */
  | ({ readonly kind: "exit" } & ExitCall)
  /** the evaluator is gone, with the names defined there; a new one must be opened */
  | { readonly kind: "lost"; readonly text: string };

/** Receives events of a shell that can occur at any time. */
export interface ShellNews {
  /** Called with the text of an unhandled error, or with other text written to stderr. */
  onText(text: string): void;
  /**
   * Called if the evaluator ends while no input is evaluated. The names defined there are lost, and a new evaluator
   * must be opened.
   */
  onLost(text: string): void;
  /** Called if code ends the shell while no input is evaluated, such as a timer that an earlier input started. */
  onExit(call: ExitCall): void;
}

/**
 * The time in which an evaluator must respond, in milliseconds. It responds even while an input awaits something, so a
 * late one is busy with synchronous computation.
 */
const ANSWER_MS = 1000;
/** The longest wait for a completion, in milliseconds. The user cannot type during that time. */
const COMPLETE_MS = 500;

/** Evaluates the inputs of a prompt by means of an evaluator. */
export class RemoteShell {
  readonly #setup: EvaluatorSetup;
  readonly #openEvaluator: OpenEvaluator;
  readonly #news: ShellNews;
  #evaluator: Evaluator | undefined;
  #lastId = 0;
  /** Settled when the evaluator has loaded the jugfile, or failed to. `undefined` otherwise. */
  #opening: PromiseWithResolvers<string> | undefined;
  /** The current input. */
  #input: { readonly id: number; readonly settle: (outcome: InputOutcome) => void } | undefined;
  /** The input that `giveUp` was called for last. */
  #given: unknown;
  readonly #completions = new Map<number, (found: [string[], string]) => void>();
  /** Set while `close` waits for the evaluator. */
  #closing: { readonly timer: ReturnType<typeof setTimeout>; readonly done: () => void } | undefined;

  constructor(setup: EvaluatorSetup, openEvaluator: OpenEvaluator, news: ShellNews) {
    this.#setup = setup;
    this.#openEvaluator = openEvaluator;
    this.#news = news;
  }

  /**
   * Starts an evaluator and has it load the jugfile. Returns the text to show before the first prompt.
   *
   * @throws {JugError} if the jugfile cannot be loaded, the jugdir cannot be opened, or loading is interrupted.
   * @throws {Error} if the evaluator reports an unexpected error.
   */
  async open(): Promise<string> {
    const opening = this.#opening = Promise.withResolvers<string>();
    this.#evaluator = this.#openEvaluator({
      onMessage: (message) => this.#hear(message),
      onEnd: (reason) => this.#end(reason),
      onText: (text) => this.#news.onText(text),
    });
    this.#send({ kind: "open", setup: this.#setup });
    return await opening.promise.finally(() => this.#opening = undefined);
  }

  /** Whether there is an evaluator. */
  get isOpen(): boolean {
    return this.#evaluator !== undefined;
  }

  /** Evaluates an input. */
  evaluate(text: string): Promise<InputOutcome> {
    return new Promise((settle) => {
      const id = ++this.#lastId;
      this.#input = { id, settle };
      this.#send({ kind: "evaluate", id, text });
    });
  }

  /** Returns the completions of a line, in the form that node:readline expects. */
  complete(line: string): Promise<[string[], string]> {
    if (this.#evaluator === undefined) return Promise.resolve([[], line]);
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      const none = () => this.#complete(id, [[], line]);
      const timer = setTimeout(none, COMPLETE_MS);
      this.#completions.set(id, (found) => {
        clearTimeout(timer);
        resolve(found);
      });
      this.#send({ kind: "complete", id, line });
    });
  }

  /**
   * Gives up the current input. If the input awaits something, it is abandoned, and the names are kept. If it computes,
   * its evaluator is ended after a second, or at once if this is called again.
   */
  giveUp(): void {
    const given = this.#input;
    if (given === undefined) return;
    const stop = (): void => {
      if (this.#input !== given) return;
      const isStopped = this.#evaluator?.isStoppable;
      this.#drop();
      this.#settle({
        kind: "lost",
        text: isStopped
          ? "interrupted: the input was computing, so its process was ended"
          : "interrupted: the input keeps computing until you leave, since it cannot be stopped in the shell's own process",
      });
    };
    if (this.#given === given) return stop();
    this.#given = given;
    this.#send({ kind: "give-up" });
    setTimeout(stop, ANSWER_MS);
  }

  /** Whether the jugfile is being loaded. */
  get isOpening(): boolean {
    return this.#opening !== undefined;
  }

  /** Ends the evaluator at once, even while it is loading or computing. */
  abandon(): void {
    this.#drop();
    this.#opening?.reject(new JugError("missing", "interrupted while the jugfile was being loaded"));
    this.#settle({ kind: "lost", text: "interrupted" });
  }

  /** Lets the evaluator close its resources, then ends it. If it computes, it is ended after a second. */
  async close(): Promise<void> {
    if (this.#evaluator === undefined) return;
    await new Promise<void>((done) => {
      this.#closing = { done, timer: setTimeout(done, ANSWER_MS) };
      this.#send({ kind: "close" });
    });
    clearTimeout(this.#closing?.timer);
    this.#drop();
  }

  #send(message: ToEvaluator): void {
    this.#evaluator?.send(message);
  }

  #hear(message: FromEvaluator): void {
    switch (message.kind) {
      case "opened":
        return this.#opening?.resolve(message.banner);
      case "refused":
        this.#drop();
        return this.#opening?.reject(errorOf(message.error));
      case "answer":
        if (this.#input?.id === message.id) this.#settle(message.answer);
        return;
      case "completed":
        return this.#complete(message.id, [[...message.found], message.part]);
      case "astray":
        return this.#news.onText(`${message.text}\n`);
      case "ended":
        return this.#end(message.reason);
      case "exit":
        this.#drop();
        return this.#input === undefined ? this.#news.onExit(message) : this.#settle(message);
      case "closing":
        return clearTimeout(this.#closing?.timer);
      case "closed":
        return this.#closing?.done();
    }
  }

  #end(reason: string): void {
    this.#drop();
    if (this.#closing !== undefined) return this.#closing.done();
    if (this.#opening !== undefined) {
      return this.#opening.reject(new JugError("jugfile", `${this.#setup.jugfile} could not be loaded: ${reason}`));
    }
    const text = `the evaluator of inputs ended: ${reason}`;
    if (this.#input === undefined) this.#news.onLost(text);
    else this.#settle({ kind: "lost", text });
  }

  #complete(id: number, found: [string[], string]): void {
    const resolve = this.#completions.get(id);
    this.#completions.delete(id);
    resolve?.(found);
  }

  #drop(): void {
    this.#evaluator?.terminate();
    this.#evaluator = undefined;
    for (const id of [...this.#completions.keys()]) this.#complete(id, [[], ""]);
  }

  #settle(outcome: InputOutcome): void {
    const input = this.#input;
    this.#input = undefined;
    input?.settle(outcome);
  }
}

function errorOf({ kind, message, stack }: ReportedError): Error {
  const cause = new Error(message);
  cause.stack = stack;
  return kind === undefined ? cause : new JugError(kind, message, { cause });
}
