/**
 * A claimant's connection to the scheduler. It asks, keeps the clock that came with the last answer, and refuses
 * everything after its process was killed.
 *
 * @module
 */
import { denoError, isSystemCode } from "../file_system/failure.ts";
import type { Life } from "./life.ts";
import type { Note } from "./notes.ts";
import type { Operation, Question } from "./operations.ts";
import { isAnswer } from "./values.ts";

/** Asks the scheduler, and waits for its answer. */
export type Ask = (question: Question) => unknown;

/** Thrown by every call of a killed claimant, so that its code ends. */
export class Killed extends Error {
  constructor() {
    super("killed");
  }
}

/** Waits for the next life. `notes`: unsent notes of the previous one. */
export function rest(question: Ask, notes: readonly Note[]): { life: Life; seam: Seam } {
  for (;;) {
    const answer = question({ notes, operation: { kind: "rest" } });
    if (!isAnswer(answer) || answer.kind !== "life") continue;
    return { life: answer.life, seam: new Seam(question, answer.clock, answer.wall) };
  }
}

/**
 * A claimant's connection to the scheduler in one life. UnfinishedTasks code of an earlier life has another, closed
 * connection.
 */
export class Seam {
  readonly #question: Ask;
  #notes: Note[] = [];
  #clock: number;
  #wall: number;
  #isKilled = false;

  constructor(question: Ask, clock: number, wall: number) {
    this.#question = question;
    this.#clock = clock;
    this.#wall = wall;
  }

  get clock(): number {
    return this.#clock;
  }

  get wall(): number {
    return this.#wall;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  ask(operation: Operation): unknown {
    if (this.#isKilled) throw new Killed();
    const answer = this.#question({ notes: this.takeNotes(), operation });
    if (!isAnswer(answer)) throw new TypeError("the simulator answered rubbish");
    switch (answer.kind) {
      case "value":
        this.#clock = answer.clock;
        this.#wall = answer.wall;
        return answer.value;
      case "failure": {
        this.#clock = answer.clock;
        this.#wall = answer.wall;
        const path = "path" in operation ? operation.path : "";
        throw isSystemCode(answer.code)
          ? denoError(answer.code, operation.kind, path)
          : new Error(`${answer.code} ${operation.kind} ${path}`);
      }
      case "killed":
      case "life":
        this.#isKilled = true;
        throw new Killed();
    }
  }

  /** Adds a note for the checker. It is sent with the next question: no other claimant runs before that. */
  note(note: Note): void {
    if (!this.#isKilled) this.#notes.push(note);
  }

  /** Returns and removes the unsent notes. */
  takeNotes(): Note[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }
}
