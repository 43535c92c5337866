/**
 * Sends updates to the pages that are open, as server-sent events.
 *
 * @module
 */
import type { ReportData } from "../../web/data/report_data.ts";

/** How many bytes may wait for a page that reads slowly, before updates are joined. */
const WAITING_BYTES = 256 * 1024;
/** Silence longer than this makes proxies and browsers close a connection. In milliseconds. */
const SILENCE_MS = 15_000;
/** A page that has not read for so long is gone. In milliseconds. */
const GONE_MS = 60_000;

interface Page {
  readonly stream: ReadableStreamDefaultController<Uint8Array>;
  /** The fields that it has not got in their present form. */
  readonly due: Set<string>;
  /** When it last had room for an update, in milliseconds. */
  readAt: number;
}

/** The pages that are open. */
export class EventHub {
  readonly #pages = new Set<Page>();
  readonly #clock: () => number;
  readonly #onCount: (count: number) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #data: ReportData;
  /** The JSON of each field, to see which ones change. */
  #texts: ReadonlyMap<string, string>;

  /**
   * @param clock Milliseconds, never set back
   * @param onCount Called when the number of pages changes
   */
  constructor(data: ReportData, clock: () => number, onCount: (count: number) => void) {
    this.#data = data;
    this.#texts = textsOf(data);
    this.#clock = clock;
    this.#onCount = onCount;
    this.#timer = setInterval(() => this.#keepAlive(), SILENCE_MS);
  }

  /** What was sent last. */
  get data(): ReportData {
    return this.#data;
  }

  /** Sends what has changed to all pages. */
  send(data: ReportData): void {
    const texts = textsOf(data);
    const changed = [...texts.keys()].filter((field) => texts.get(field) !== this.#texts.get(field));
    this.#data = data;
    this.#texts = texts;
    for (const page of this.#pages) {
      for (const field of changed) page.due.add(field);
      this.#push(page);
    }
  }

  /** Returns the events for one page. The first one has all fields. */
  open(): ReadableStream<Uint8Array> {
    let page: Page | undefined;
    return new ReadableStream<Uint8Array>({
      start: (stream) => {
        page = { stream, due: new Set(this.#texts.keys()), readAt: this.#clock() };
        this.#pages.add(page);
        this.#onCount(this.#pages.size);
        this.#push(page);
      },
      pull: () => page && this.#push(page),
      cancel: () => page && this.#remove(page),
    }, new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }));
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.#timer);
    for (const page of this.#pages) this.#end(page);
  }

  #push(page: Page): void {
    if ((page.stream.desiredSize ?? 0) <= 0) return;
    page.readAt = this.#clock();
    if (page.due.size === 0) return;
    const fields = [...page.due].map((field) => `${JSON.stringify(field)}:${this.#texts.get(field)}`);
    page.due.clear();
    // JSON has no line breaks, so that one line of data is enough.
    page.stream.enqueue(encode(`event: update\ndata: {${fields.join(",")}}\n\n`));
  }

  #keepAlive(): void {
    for (const page of this.#pages) {
      if ((page.stream.desiredSize ?? 0) > 0) page.stream.enqueue(encode(":\n\n"));
      else if (this.#clock() - page.readAt > GONE_MS) this.#end(page);
    }
  }

  #end(page: Page): void {
    this.#remove(page);
    page.stream.close();
  }

  #remove(page: Page): void {
    if (this.#pages.delete(page)) this.#onCount(this.#pages.size);
  }
}

function textsOf(data: ReportData): Map<string, string> {
  return new Map(Object.entries(data).map(([field, value]) => [field, JSON.stringify(value)]));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
