/**
 * Groups similar failures: those with the same error class, from the same place in user code, whose messages differ
 * only in parts that vary from task to task.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Failure, FoundFailure } from "./failures.ts";

/** The fields of a failure that are compared. */
export type ComparedFailure = Pick<Failure, "task" | "error" | "message" | "frames">;

/** A failure as it is listed: without its log, which may be long, and without the stack. */
export interface ListedFailure extends Omit<Failure, "log" | "stack"> {
  readonly hash: Hash;
}

/** Failures that are similar. */
export interface FailureGroup {
  readonly error: string;
  /** Their message, with placeholders for the parts that differ between them. */
  readonly message: string;
  /** The first to fail comes first. */
  readonly failures: readonly ListedFailure[];
}

/** All failures in groups. */
export interface GroupedFailures {
  /** The largest group first. */
  readonly groups: readonly FailureGroup[];
  /** How many cannot be read. */
  readonly damaged: number;
  /** How many were written by a newer jug. */
  readonly newer: number;
}

/** Reads failures, and puts similar ones into a group. */
export async function groupFailures(found: AsyncIterable<FoundFailure>): Promise<GroupedFailures> {
  const alike = new Map<string, ListedFailure[]>();
  let damaged = 0;
  let newer = 0;
  for await (const { hash, record } of found) {
    if (record.kind !== "failure") {
      if (record.kind === "newer") newer++;
      else damaged++;
      continue;
    }
    const { failure } = record;
    const { log: _log, stack: _stack, ...listed } = failure;
    const key = failureKey(failure);
    const group = alike.get(key) ?? [];
    group.push({ hash, ...listed });
    alike.set(key, group);
  }
  const sorted = [...alike.values()].map((failures): FailureGroup => {
    failures.sort((a, b) => a.time - b.time);
    const message = commonMessage(failures.map((failure) => failure.message));
    return { error: failures[0]?.error ?? "", message, failures };
  });
  sorted.sort((a, b) => b.failures.length - a.failures.length || firstTime(a) - firstTime(b));
  return { groups: sorted, damaged, newer };
}

function firstTime({ failures: [first] }: FailureGroup): number {
  return first?.time ?? 0;
}

/** Returns a key that similar failures share. Without a frame of user code, the task's name is used as the place. */
export function failureKey({ task, error, message, frames }: ComparedFailure): string {
  return JSON.stringify([error, frames[0] ?? task, maskMessage(message)]);
}

/** Returns one message for similar failures: the message itself if all are equal, otherwise the masked one. */
export function commonMessage(messages: readonly string[]): string {
  const [first = ""] = messages;
  return messages.every((message) => message === first) ? first : maskMessage(first);
}

/**
 * Returns `message` with the parts that vary from task to task (numbers, quoted text, URLs, paths, addresses, dates,
 * times, ids) replaced by names in angle brackets: "HTTP 503 for page <number>". Status and error codes are kept, since
 * 404 has another cause than 503.
 */
export function maskMessage(message: string): string {
  const head = message.slice(0, COMPARED);
  const masked = head.replace(MASKED, (...found) => {
    const groups: Readonly<Record<string, string | undefined>> = found.at(-1);
    const [text = ""] = found;
    const kind = KINDS.find(({ name }) => groups[name] !== undefined)?.name;
    if (kind === undefined || kind === "code") return text;
    // Keep the quotes, to distinguish quoted text from bare text.
    return kind === "text" ? `${text.charAt(0)}<text>${text.charAt(text.length - 1)}` : `<${kind}>`;
  });
  return masked + message.slice(COMPARED);
}

/**
 * How many characters are masked; the rest is compared literally. A text that no pattern matches is scanned again from
 * each position, so masking a long one would be slow.
 */
const COMPARED = 2000;

/** The characters of an unquoted path. */
const PATH = String.raw`[^\s"'\x60<>|:;,()\[\]{}]+`;
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?`;

/** The patterns of each kind. At each position the first match wins, so their order matters. */
const KINDS: readonly { readonly name: string; readonly forms: readonly string[] }[] = [
  {
    // "HTTP 503", "status code 404", "os error 2", "exit code: 1". After a verb such as "got", only 4xx and 5xx.
    name: "code",
    forms: [
      String.raw`\bHTTP\/\d(?:\.\d)?(?: \d{3})?\b`,
      String.raw`\b(?:HTTP|errno|error|signal|status|code)(?: is| was)?(?: |: ?| ?= ?)-?\d+\b(?!\.\d)`,
      String.raw`\b(?:got|returned|returns|responded|answered|received|with|response|answer):? [45]\d\d\b(?![.,]?\d)`,
    ],
  },
  { name: "url", forms: [String.raw`\b[a-z][a-z\d+.-]*:\/\/[^\s"'\x60<>()]*[^\s"'\x60<>().,:;!?]`] },
  {
    name: "text",
    // An apostrophe inside a word is not a quote.
    forms: [
      String.raw`"(?:[^"\\\n]|\\.)*"`,
      String.raw`\x60[^\x60\n]*\x60`,
      "“[^”\n]*”",
      String.raw`(?<!\w)'[^'\n]*'(?!\w)`,
    ],
  },
  {
    name: "date",
    forms: [
      String.raw`\b\d{4}-\d\d-\d\d(?:[T ]${CLOCK}(?:Z|[+-]\d\d:?\d\d)?)?(?!\w)`,
      String
        .raw`\b${DAY},? (?:\d\d? ${MONTH}|${MONTH} \d\d?) \d{4}(?: ${CLOCK}(?: GMT(?:[+-]\d{4})?(?: \([^()\n]*\))?)?)?`,
    ],
  },
  {
    name: "id",
    forms: [
      String.raw`\b[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}\b`,
      String.raw`\b0x[\da-fA-F]+\b`,
      // Neither words such as "defaced" nor plain numbers are hashes.
      String.raw`\b(?=[a-fA-F]*\d)(?=\d*[a-fA-F])(?!\d+[eE]\d+\b)[\da-fA-F]{7,}\b`,
      String.raw`\b[\da-fA-F]{32,}\b`,
    ],
  },
  {
    name: "path",
    forms: [
      String.raw`(?<!\w)[A-Za-z]:[\\/]${PATH}`,
      String.raw`(?<![\w\\])\\\\[\w.$-]+\\${PATH}`,
      String.raw`(?<![\w.\/\\~])(?:~|\.{1,2})?\/(?!\/)${PATH}`,
      // A relative path has a slash and an extension. "read/write" and "HTTP/1.1" are not paths.
      String.raw`(?<![\w.\/\\-])[\w.-]+(?:[\\/][\w.-]+)*[\\/][\w-]+(?:\.[\w-]+)*\.[A-Za-z]\w{0,7}(?![\w.\/\\])`,
    ],
  },
  { name: "time", forms: [String.raw`(?<![\w:.])${CLOCK}\b(?![:.])`] },
  {
    name: "address",
    forms: [
      String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`,
      String.raw`\[(?=[\da-f.]*:[\da-f.]*:)[\da-f:.]+(?:%\w+)?\](?::\d+)?`,
      String.raw`(?<![\w:.])(?=[a-f:.]*\d)[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?:%\w+)?(?![\w:])`,
    ],
  },
  // Digits after a letter are part of a name: utf8, E404.
  { name: "number", forms: [String.raw`(?<![A-Za-z\d$])(?:(?<![\w)\]])-)?\d+(?:[.,_]\d+)*(?:[eE][+-]?\d+)?`] },
];

const MASKED = new RegExp(KINDS.map(({ name, forms }) => `(?<${name}>${forms.join("|")})`).join("|"), "g");
