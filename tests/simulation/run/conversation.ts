/**
 * The exchange of questions and answers between the scheduler and the threads of claimants, one at a time.
 *
 * @module
 */
import type { AnsweringSide } from "../threads/channel.ts";
import type { Life } from "../threads/life.ts";
import type { Note } from "../threads/notes.ts";
import type { Answer, Question } from "../threads/operations.ts";
import { isRecord } from "../threads/values.ts";
import type { Result, SimClaimant } from "./sim_process.ts";
import type { World } from "./world.ts";

/** Whether `value` is a question. Only claimants write to this memory, so a shallow check is enough. */
function isQuestion(value: unknown): value is Question {
  return isRecord(value) && Array.isArray(value.notes) && isRecord(value.operation);
}

function nextQuestion(side: AnsweringSide): Question {
  const question = side.question();
  if (!isQuestion(question)) throw new Error("a claimant asked rubbish");
  return question;
}

/** The exchange between the scheduler and the claimants of one run. */
export class Conversation {
  readonly #world: World;
  readonly #onNote: (claimant: SimClaimant, note: Note) => void;

  constructor(world: World, onNote: (claimant: SimClaimant, note: Note) => void) {
    this.#world = world;
    this.#onNote = onNote;
  }

  begin(claimant: SimClaimant, life: Life): void {
    claimant.state = "alive";
    this.#send(claimant, { kind: "life", life, clock: 0, wall: 0 });
    this.#hear(claimant);
  }

  answer(claimant: SimClaimant, result: Result): void {
    this.#send(claimant, { ...result, clock: 0, wall: 0 });
    this.#hear(claimant);
  }

  /** Refuses everything that the claimant asks until it rests. */
  cut(claimant: SimClaimant): void {
    do this.#send(claimant, { kind: "killed" }); while (nextQuestion(claimant.side).operation.kind !== "rest");
  }

  #hear(claimant: SimClaimant): void {
    const { notes, operation } = nextQuestion(claimant.side);
    claimant.pending = operation;
    claimant.askedAt = this.#world.now;
    for (const note of notes) this.#onNote(claimant, note);
  }

  #send({ process, side }: SimClaimant, answer: Answer): void {
    const { now } = this.#world;
    const { host } = process;
    side.answer(answer.kind === "killed" ? answer : { ...answer, clock: host.clock(now), wall: host.wall(now) });
  }
}
