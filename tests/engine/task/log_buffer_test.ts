import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { LogBuffer } from "../../../engine/task/log_buffer.ts";

const LIMIT = 64 * 1024;

function textOf(...writes: readonly string[]): string {
  const buffer = new LogBuffer();
  for (const text of writes) buffer.write(text);
  return buffer.text() ?? "";
}

/** Returns the kept beginning and end, and the number of cut bytes that the text names. */
function partsOf(text: string): { head: string; cut: number; tail: string } {
  const [, head = "", cut, tail = ""] = /^(.*)\n\[… (\d+) bytes cut …\]\n(.*)$/s.exec(text) ?? [];
  return { head, cut: Number(cut), tail };
}

Deno.test("LogBuffer has no text if nothing was written", () => {
  const buffer = new LogBuffer();
  buffer.write("");
  assert.equal(buffer.text(), undefined);
});

Deno.test("LogBuffer keeps up to 64 KiB unchanged, whatever the sizes of the writes", () => {
  const whole = Array.from({ length: LIMIT }, (_, i) => String.fromCharCode(97 + i % 26)).join("");
  assert.equal(textOf(whole), whole);
  assert.equal(textOf(whole.slice(0, 40_000), whole.slice(40_000)), whole);
  assert.equal(textOf(...whole.match(/.{1,100}/g) ?? []), whole);
});

Deno.test("LogBuffer cuts the middle of longer text, reports the number of cut bytes, and stays below 64 KiB", () => {
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`);
  const all = lines.join("");
  for (const text of [textOf(all), textOf(...lines)]) {
    const { head, cut, tail } = partsOf(text);
    assert.ok(head.length > 30_000 && all.startsWith(head));
    assert.ok(tail.length > 30_000 && all.endsWith(tail));
    assert.equal(head.length + cut + tail.length, all.length);
    assert.ok(Buffer.byteLength(text) <= LIMIT, `${Buffer.byteLength(text)}`);
  }
});

Deno.test("LogBuffer counts bytes and does not split characters", () => {
  const all = "a" + "😀é".repeat(40_000);
  for (const text of [textOf(all), textOf("a", ..."😀é".repeat(40_000))]) {
    const { head, cut, tail } = partsOf(text);
    assert.ok(Buffer.byteLength(text) <= LIMIT);
    assert.ok(text.isWellFormed());
    assert.doesNotMatch(text, /\ufffd/);
    assert.ok(all.startsWith(head) && all.endsWith(tail));
    assert.equal(Buffer.byteLength(head) + cut + Buffer.byteLength(tail), Buffer.byteLength(all));
  }
});

Deno.test("LogBuffer can be read at any time and then written to again", () => {
  const buffer = new LogBuffer();
  buffer.write("x".repeat(LIMIT));
  buffer.text();
  buffer.write("y");
  assert.equal(partsOf(buffer.text() ?? "").tail.slice(-2), "xy");
  buffer.write("z".repeat(2 * LIMIT));
  const { head, cut, tail } = partsOf(buffer.text() ?? "");
  assert.equal(head.length + cut + tail.length, 3 * LIMIT + 1);
});
