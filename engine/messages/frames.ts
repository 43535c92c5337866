/**
 * Messages between the coordinator and a worker's process, as lines on its streams.
 *
 * What the process itself prints, or what a task writes to `Deno.stdout`, may stand between them on the same stream: each
 * message begins with a mark that is made anew for each process.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";

const NEWLINE = 0x0a;
/** A control character that texts do not hold ("record separator"). */
const SEPARATOR = "\x1e";

/** A message as a line. `mark` is empty where nothing else is on the stream. */
export function encodeFrame(message: unknown, mark: string): Uint8Array {
  return Buffer.from(`${mark === "" ? "" : SEPARATOR + mark}${Buffer.from(serialize(message)).toString("base64")}\n`);
}

/** Takes a stream apart into messages and what else is on it. */
export class FrameReader {
  readonly #mark: Uint8Array;
  readonly #decoder = new TextDecoder();
  #rest = Buffer.alloc(0);

  constructor(mark: string, readonly onMessage: (message: unknown) => void, readonly onOther: (text: string) => void) {
    this.#mark = Buffer.from(mark === "" ? "" : SEPARATOR + mark);
  }

  /** Takes the next piece of the stream. */
  push(chunk: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const begin = this.#rest.indexOf(this.#mark);
      if (begin < 0) break;
      this.#pass(begin);
      const end = this.#rest.indexOf(NEWLINE);
      if (end < 0) return;
      const text = this.#rest.subarray(this.#mark.length, end).toString("latin1");
      this.#rest = this.#rest.subarray(end + 1);
      this.onMessage(deserialize(Buffer.from(text, "base64")));
    }
    // The first half of a mark may be all that has come of a message.
    const held = this.#rest.lastIndexOf(SEPARATOR);
    this.#pass(held >= 0 && this.#rest.length - held < this.#mark.length ? held : this.#rest.length);
  }

  #pass(length: number): void {
    if (length === 0) return;
    this.onOther(this.#decoder.decode(this.#rest.subarray(0, length), { stream: true }));
    this.#rest = this.#rest.subarray(length);
  }
}
