/**
 * Encodes messages between the coordinator and a worker's process as lines on its standard streams.
 *
 * Output of the process itself, or what a task writes to `Deno.stdout`, may come between messages on the same stream.
 * So each message begins with a mark, which is different for each process.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";

const NEWLINE = 0x0a;
/** A control character ("record separator") that texts do not contain. */
const SEPARATOR = "\x1e";

/** Encodes a message as a line. `mark` is empty if the stream carries nothing but messages. */
export function encodeFrame(message: unknown, mark: string): Uint8Array {
  return Buffer.from(`${mark === "" ? "" : SEPARATOR + mark}${Buffer.from(serialize(message)).toString("base64")}\n`);
}

/** Splits a stream into messages and other output. */
export class FrameReader {
  readonly #mark: Uint8Array;
  readonly #decoder = new TextDecoder();
  #rest = Buffer.alloc(0);
  /** Chunks of a message that has not ended. They are joined once, since a message may have many. */
  #unended: Uint8Array[] = [];
  /** Whether `#rest` begins with the mark of a message that has not ended. */
  #isInMessage = false;

  constructor(mark: string, readonly onMessage: (message: unknown) => void, readonly onOther: (text: string) => void) {
    this.#mark = Buffer.from(mark === "" ? "" : SEPARATOR + mark);
  }

  /** Reads the next chunk of the stream. */
  push(chunk: Uint8Array): void {
    this.#unended.push(chunk);
    if (this.#isInMessage && !chunk.includes(NEWLINE)) return;
    this.#rest = Buffer.concat([this.#rest, ...this.#unended]);
    this.#unended = [];
    this.#isInMessage = false;
    for (;;) {
      const begin = this.#rest.indexOf(this.#mark);
      if (begin < 0) break;
      this.#pass(begin);
      const end = this.#rest.indexOf(NEWLINE);
      if (end < 0) {
        this.#isInMessage = true;
        return;
      }
      const text = this.#rest.subarray(this.#mark.length, end).toString("latin1");
      this.#rest = this.#rest.subarray(end + 1);
      this.onMessage(deserialize(Buffer.from(text, "base64")));
    }
    // The rest may end with the beginning of a mark. Keep that part until more arrives.
    const held = this.#rest.lastIndexOf(SEPARATOR);
    this.#pass(held >= 0 && this.#rest.length - held < this.#mark.length ? held : this.#rest.length);
  }

  #pass(length: number): void {
    if (length === 0) return;
    this.onOther(this.#decoder.decode(this.#rest.subarray(0, length), { stream: true }));
    this.#rest = this.#rest.subarray(length);
  }
}
