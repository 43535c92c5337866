/**
 * Memory shared by two threads. One of them writes at a time: first the claimant its question, then the scheduler its
 * answer. Each waits for the other in `Atomics.wait`.
 *
 * @module
 */

const HEAD = 8;
const CAPACITY = 1 << 18;
const ANSWERED = 0;
const ASKED = 1;

/** Returns the memory for one claimant. */
export function channelMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD + CAPACITY);
}

class Messages {
  readonly state: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.state = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, HEAD);
  }

  put(message: unknown, state: number): void {
    const text = JSON.stringify(message);
    if (text.length > CAPACITY) throw new Error("a message of the simulator is too long");
    for (let i = 0; i < text.length; i++) this.#bytes[i] = text.charCodeAt(i);
    this.state[1] = text.length;
    Atomics.store(this.state, 0, state);
    Atomics.notify(this.state, 0);
  }

  take(): unknown {
    let text = "";
    const length = this.state[1] ?? 0;
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#bytes[i] ?? 0);
    return JSON.parse(text);
  }
}

/** Returns the claimant's side of `memory`: a function that sends a question and blocks until the answer comes. */
export function askingSide(memory: SharedArrayBuffer): (question: unknown) => unknown {
  const messages = new Messages(memory);
  return (question) => {
    messages.put(question, ASKED);
    // Wait in a loop: a late notification of the previous answer may end a wait early.
    while (Atomics.load(messages.state, 0) === ASKED) Atomics.wait(messages.state, 0, ASKED);
    return messages.take();
  };
}

/** The scheduler's side. */
export interface AnsweringSide {
  /** Waits for the claimant's first question, without blocking this thread. */
  ready(): Promise<void>;
  /** Blocks until the claimant's next question comes, and returns it. */
  question(): unknown;
  answer(answer: unknown): void;
}

/** Returns the scheduler's side of `memory`. */
export function answeringSide(memory: SharedArrayBuffer, patienceMs = 60_000): AnsweringSide {
  const messages = new Messages(memory);
  return {
    async ready() {
      while (Atomics.load(messages.state, 0) !== ASKED) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    question() {
      while (Atomics.load(messages.state, 0) === ANSWERED) {
        if (Atomics.wait(messages.state, 0, ANSWERED, patienceMs) === "timed-out") {
          throw new Error("a claimant computes for ever, or waits for something that the simulator does not know");
        }
      }
      return messages.take();
    },
    answer: (answer) => messages.put(answer, ANSWERED),
  };
}
