import assert from "node:assert/strict";
import { failureKey, maskMessage } from "../../../engine/results/failure_group.ts";

/** Messages, and what they become when they are masked. */
const MASKED: Readonly<Record<string, string>> = {
  "HTTP 503 for page 12": "HTTP 503 for page <number>",
  "row 7: -3.5 is no price, 1,000.5 is, 1e-7 is too":
    "row <number>: <number> is no price, <number> is, <number> is too",
  "300ms passed, chunk_12 of node-7": "<number>ms passed, chunk_<number> of node-<number>",
  "utf8, sha256, int32 and E404 are names": "utf8, sha256, int32 and E404 are names",
  "10-3 and f(1)-2": "<number>-<number> and f(<number>)-<number>",
  "no key \"user 12\" in `rows`, 'it' or “that”": "no key \"<text>\" in `<text>`, '<text>' or “<text>”",
  'said "a \\"b\\" c" twice': 'said "<text>" twice',
  "it isn't there, and won't be": "it isn't there, and won't be",
  "an open 'quote, and 5": "an open 'quote, and <number>",
  "https://host:8080/a?page=3: HTTP 503": "<url>: HTTP 503",
  "see (ftp://ann@host/x), please.": "see (<url>), please.",
  "cannot read /home/ann/7.csv: gone": "cannot read <path>: gone",
  "~/x, ./y, ../z/w.ts:6:31, data/2024/a-b.csv": "<path>, <path>, <path>:<number>:<number>, <path>",
  "C:\\Users\\ann\\7.csv, d:/x/y and \\\\server\\share$\\file": "<path>, <path> and <path>",
  "read/write and/or HTTP/1.1, 3/5, a / b": "read/write and/or HTTP/1.1, <number>/<number>, a / b",
  "e28dddc9, 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b, 0xFFEE, abcdefabcdefabcdefabcdefabcdefab":
    "<id>, <id>, <id>, <id>",
  "defaced, decade, 12345678": "defaced, decade, <number>",
  "id 123e4567-e89b-12d3-a456-426614174000!": "id <id>!",
  "127.0.0.1:6379, 10.0.0.1, localhost:5432": "<address>, <address>, localhost:<number>",
  "[::1]:8080, [fe80::1%eth0]:1, fe80::1:2, ::1, ::ffff:10.0.0.1, 2001:db8::8a2e:370:7334":
    "<address>, <address>, <address>, <address>, <address>, <address>",
  "Foo::bar, a:b:c, and ::": "Foo::bar, a:b:c, and ::",
  "2026-11-26T13:32:16.5Z, 2026-11-26 13:32, 2026-11-26, 13:32:16": "<date>, <date>, <date>, <time>",
  "Thu Nov 26 2026 13:32:16 GMT+0000 (Coordinated Universal Time) or Thu, 26 Nov 2026 13:32:16 GMT": "<date> or <date>",
};

for (const [message, masked] of Object.entries(MASKED)) {
  Deno.test(`text that varies by task is masked: ${message}`, () => assert.equal(maskMessage(message), masked));
}

/** Pairs of messages with different causes. */
const APART = [
  ["HTTP 503 for page 1", "HTTP 404 for page 1"],
  ["HTTP/1.1 503", "HTTP/1.1 404"],
  ["the server answered 503", "the server answered 404"],
  ["got 429 for page 7", "got 500 for page 7"],
  ["Request failed with status code 401", "Request failed with status code 403"],
  ["status: 500", "status: 502"],
  ["gone (os error 2)", "gone (os error 13)"],
  ["exit code 1", "exit code 137"],
  ["ended by signal 9", "ended by signal 15"],
  ["errno=2", "errno=13"],
  ["connect ECONNREFUSED 127.0.0.1:1", "connect ETIMEDOUT 127.0.0.1:1"],
  ["no column price", "no column name"],
  ["10 ms", "10 MB"],
  ["'a' is no number", '"a" is no number'],
  ["cannot read /a", "cannot read 7"],
];

Deno.test("messages with different causes are not grouped", () => {
  for (const [one = "", other = ""] of APART) assert.notEqual(maskMessage(one), maskMessage(other), one);
});

Deno.test("failures are grouped by class, the user's top frame and the masked message", () => {
  const frames = ["at get (file:///jug/dl.ts:3:9)", "at file:///jug/dl.ts:9:1"];
  const failure = { task: "dl.get", error: "Error", message: "HTTP 503 for page 1", frames };
  const key = failureKey(failure);
  assert.equal(failureKey({ ...failure, message: "HTTP 503 for page 22" }), key);
  assert.equal(failureKey({ ...failure, task: "dl.other", frames: frames.slice(0, 1) }), key);
  assert.notEqual(failureKey({ ...failure, error: "TypeError" }), key);
  assert.notEqual(failureKey({ ...failure, frames: ["at get (file:///jug/dl.ts:4:9)"] }), key);
  // Without a frame of user code, failures of different tasks are not grouped.
  assert.notEqual(failureKey({ ...failure, frames: [] }), failureKey({ ...failure, frames: [], task: "dl.other" }));
});

Deno.test("long messages of any kind are masked quickly", () => {
  for (
    const part of ["a.", "'", "::", "/", "0a", "1.", '"\\', "a/", "a-/", "T1:", "[::", "-", "~", "ab", "://", "h:"]
  ) {
    const start = performance.now();
    const message = part.repeat(500_000);
    assert.equal(maskMessage(message).slice(-100_000), message.slice(-100_000));
    // Normally it takes milliseconds.
    assert.ok(performance.now() - start < 20_000, part);
  }
});
