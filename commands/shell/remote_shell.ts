/**
 * A shell whose inputs are evaluated elsewhere, and which outlives what they do to the evaluator.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Evaluator, OpenEvaluator } from "./evaluator.ts";
import type { EvaluatorSetup, ExitCall, FromEvaluator, ReportedError, ToEvaluator } from "./messages.ts";
import type { ShownAnswer } from "./open_shell.ts";

/** What became of an input. */
export type InputOutcome =
  | ShownAnswer
  /** the input asked for the end of the shell */
  | ({ readonly kind: "exit" } & ExitCall)
  /** the evaluator is gone, and the names with it; a new one has to be opened */
  | { readonly kind: "lost"; readonly text: string };

/** What a shell tells at any time. */
export interface ShellNews {
  /** An error that nobody awaits or catches, or what else was written to stderr. */
  onText(text: string): void;
  /** The evaluator has ended while no input was evaluated, and the names are gone with it; a new one has to be opened. */
  onLost(text: string): void;
  /** Code that an input left behind asked for the end of the shell, while no input was evaluated. */
  onExit(call: ExitCall): void;
}

/** An evaluator answers at once, while an input awaits too; one that has not by then, in milliseconds, computes. */
const ANSWER_MS = 1000;
/** Who waits for a completion can do nothing else, so not longer than this, in milliseconds. */
const COMPLETE_MS = 500;

/** The way to whoever evaluates. */
export class RemoteShell {
  readonly #setup: EvaluatorSetup;
  readonly #openEvaluator: OpenEvaluator;
  readonly #news: ShellNews;
  #evaluator: Evaluator | undefined;
  #lastId = 0;
  /** Settled when the evaluator is open, or cannot be. */
  #opening: PromiseWithResolvers<string> | undefined;
  #input: { readonly id: number; readonly settle: (outcome: InputOutcome) => void } | undefined;
  /** The input that was asked to give up. */
  #given: unknown;
  readonly #completions = new Map<number, (found: [string[], string]) => void>();
  /** How the end is awaited. */
  #closing: { readonly timer: ReturnType<typeof setTimeout>; readonly done: () => void } | undefined;

  constructor(setup: EvaluatorSetup, openEvaluator: OpenEvaluator, news: ShellNews) {
    this.#setup = setup;
    this.#openEvaluator = openEvaluator;
    this.#news = news;
  }

  /**
   * Starts an evaluator and has it load the jugfile; answers what is to be said first.
   *
   * @throws {JugError} where the jugfile cannot be loaded, or the jugdir not be opened.
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

  /** Completes a line, as node:readline has it. */
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
   * Gives up the current input: one that awaits is left to itself, and the names stay; the evaluator of one that computes is
   * ended, after a moment, or at once where this is asked for again.
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
          ? "interrupted: the input computed, so its process was ended"
          : "interrupted: the input computes on until you leave, since nothing can stop it in the shell's own process",
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

  /** Ends the evaluator, whatever it does. */
  abandon(): void {
    this.#drop();
    this.#opening?.reject(new JugError("missing", "interrupted while the jugfile was loaded"));
    this.#settle({ kind: "lost", text: "interrupted" });
  }

  /** Lets the evaluator close what it holds; one that computes is ended. */
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
    const text = `what evaluates inputs has ended: ${reason}`;
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
