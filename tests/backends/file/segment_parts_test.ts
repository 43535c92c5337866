import assert from "node:assert/strict";
import { type ClaimState, decodeClaimState, encodeClaimState } from "../../../backends/file/claims/claim_state.ts";
import {
  decodeHeader,
  encodeFrame,
  type FrameEntry,
  FrameIndex,
  HEADER_BYTES,
} from "../../../backends/file/segments/frame.ts";
import { HashTable, readHash, writeHash } from "../../../core/hash_table.ts";
import { partitionOf } from "../../../backends/file/claims/partition.ts";
import { laterName, parseSegmentName, segmentFileName } from "../../../backends/file/segments/segment_name.ts";
import { claimToken, ownerOfSegment, parseClaimToken } from "../../../backends/file/token.ts";
import { type Hash, isHash } from "../../../core/brand.ts";
import { seededRandom } from "../../support/campaign/seeded_random.ts";

function randomHash(random: () => number): Hash {
  const hash = Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join("");
  assert(isHash(hash));
  return hash;
}

const SEGMENT = "host-12-abc.3.t1-4";
const bytes = (text: string) => new TextEncoder().encode(text);

function entriesOf(count: number): FrameEntry[] {
  const random = seededRandom(count + 1);
  const kinds = ["result", "failure", "released", "removed", "cleared"] as const;
  return Array.from({ length: count }, (_, i) => ({
    kind: kinds[i % kinds.length] ?? "result",
    hash: randomHash(random),
    origin: i % 3 === 0 ? "" : `o-${i % 7}.0.t-${i % 7}`,
    sequence: Math.floor(random() * 2 ** 50),
    payload: bytes("x".repeat(i % 11)),
    info: i % 4 === 3 ? undefined : {
      name: `module.f${i % 5}`,
      start: 1.7e12 + i,
      finish: 1.7e12 + i + 0.5,
      worker: `host-1/${i % 3}`,
      ...i % 2 === 0 ? { code: "0123456789abcdef", trace: `00-${i}` } : { args: `(${i}, "ä")` },
    },
    ...i % 13 === 12 ? { ownFileSize: 2 ** 33 + i, payload: bytes("") } : {},
  }));
}

Deno.test("HashTable: numbers hashes in the order of their addition, and finds them again", () => {
  const random = seededRandom(1);
  const table = new HashTable();
  const hashes = Array.from({ length: 5000 }, () => randomHash(random));
  const row = new Uint8Array(24);
  for (const [number, hash] of hashes.entries()) {
    assert.equal(table.find(hash), -1);
    writeHash(hash, row, 3);
    assert.equal(readHash(row, 3), hash);
    assert.equal(table.add(row, 3), number);
    assert.equal(table.add(row, 3), number);
  }
  assert.equal(table.size, 5000);
  for (const [number, hash] of hashes.entries()) {
    assert.equal(table.find(hash), number);
    assert.equal(table.at(number), hash);
  }
  assert.equal(table.find(randomHash(random)), -1);
});

Deno.test("partitionOf(): spreads hashes evenly over the partitions", () => {
  const random = seededRandom(2);
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 32_000; i++) {
    const partition = partitionOf(randomHash(random), 32);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  assert(Math.min(...counts) > 800 && Math.max(...counts) < 1200, counts.join(" "));
});

Deno.test("tokens of claims name their segment and their number, and nothing else is one", () => {
  const token = claimToken({ segment: SEGMENT, sequence: 1234567 });
  assert.deepEqual(parseClaimToken(token), { segment: SEGMENT, sequence: 1234567 });
  assert.equal(ownerOfSegment(SEGMENT), "host-12-abc");
  for (const text of ["", "a.b.c-1", "a.1", "../x.0.a-1", `${"a".repeat(80)}.0.b-1`, `a.0.${"b".repeat(130)}-1`]) {
    assert.equal(parseClaimToken(text), undefined, text);
  }
});

Deno.test("file names of segments are read as they are written, and others are ignored", () => {
  const names = [
    { segment: SEGMENT, length: 0, state: "open" },
    { segment: SEGMENT, length: 123, state: "closed" },
    { segment: SEGMENT, length: 123, state: "seized" },
    { segment: SEGMENT, length: 9e12, state: "closed", merger: "guest-12" },
    { segment: SEGMENT, length: 5, state: "closed", leftAt: 1_796_044_986_978 },
    { segment: SEGMENT, length: 5, state: "seized", leftAt: 1_796_044_986_978, merger: "guest-12" },
  ] as const;
  for (const name of names) assert.deepEqual(parseSegmentName(segmentFileName(name)), name);
  for (const text of ["x", "@1", `${SEGMENT}@`, `${SEGMENT}@-1`, `${SEGMENT}@1!a/b`, `${SEGMENT}@1?`, "../a.0.b@1"]) {
    assert.equal(parseSegmentName(text), undefined, text);
  }
});

Deno.test("laterName(): the longer name is the later one; of the same length, the closed one", () => {
  const open = { segment: SEGMENT, length: 5, state: "open" } as const;
  const longer = { ...open, length: 6 };
  const seized = { ...open, state: "seized" } as const;
  for (const [early, late] of [[open, longer], [open, seized]] as const) {
    assert.equal(laterName(early, late), late);
    assert.equal(laterName(late, early), late);
  }
});

for (const count of [0, 1, 500]) {
  Deno.test(`a frame with ${count} entries is read as it was written`, () => {
    const entries = entriesOf(count);
    const { bytes: frame } = encodeFrame(entries, { replaces: ["a.0.b"] });
    const header = decodeHeader(frame);
    assert(header !== undefined);
    const indexEnd = HEADER_BYTES + header.indexLength;
    assert.equal(frame.length, indexEnd + header.payloadLength);
    const index = FrameIndex.decode(frame.subarray(HEADER_BYTES, indexEnd), header);
    assert(index !== undefined);
    assert.deepEqual(index.replaces, ["a.0.b"]);
    assert.equal(index.count, count);
    let position = indexEnd;
    for (const [i, entry] of entries.entries()) {
      const { kind, hash, origin, sequence, payload, ownFileSize, info } = entry;
      assert.deepEqual([index.kind(i), index.hash(i), index.origin(i), index.sequence(i)], [
        kind,
        hash,
        origin,
        sequence,
      ]);
      assert.equal(index.size(i), ownFileSize ?? payload.length);
      assert.equal(index.hasOwnFile(i), ownFileSize !== undefined);
      assert.deepEqual(index.info(i), info);
      assert.deepEqual(frame.subarray(position, position + payload.length), payload);
      position += payload.length;
    }
  });
}

Deno.test("the arguments of a frame are kept apart, whatever characters they end and begin with", () => {
  const texts = ["(1)", "", "\ufeff(2)", "half \ud83d", "\ude00 half", "(\u{1f600})", "(ä)", "(7)"];
  const info = { name: "m.f", start: 1, finish: 2, worker: "w" };
  for (const some of [texts, texts.slice(0, 2), ["(1)", "(2)", "(3)"]]) {
    const entries = entriesOf(some.length).map((entry, i) => ({ ...entry, info: { ...info, args: some[i] ?? "" } }));
    const { bytes, payloadsAt } = encodeFrame(entries);
    const header = decodeHeader(bytes);
    assert(header !== undefined);
    const index = FrameIndex.decode(bytes.subarray(HEADER_BYTES, payloadsAt), header);
    assert.deepEqual(some.map((_, i) => index?.info(i)?.args ?? ""), some.map((text) => text.toWellFormed()));
  }
});

Deno.test("a frame is refused if any bit of its header or index is wrong", () => {
  const { bytes: frame } = encodeFrame(entriesOf(3));
  const end = HEADER_BYTES + (decodeHeader(frame)?.indexLength ?? 0);
  for (let at = 0; at < end; at++) {
    const damaged = frame.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1 << at % 8;
    const header = decodeHeader(damaged);
    assert(
      header === undefined || FrameIndex.decode(damaged.subarray(HEADER_BYTES, end), header) === undefined,
      `${at}`,
    );
  }
  assert.equal(decodeHeader(frame.subarray(0, HEADER_BYTES - 1)), undefined);
});

Deno.test("the state of a partition is read as it was written, and refused if any bit is wrong", () => {
  const random = seededRandom(3);
  const home = { host: "h", boot: undefined, leaseMs: 30_000 };
  const claim = (count: number) => ({
    segment: SEGMENT,
    home,
    since: 1.5,
    sequence: 7,
    hashes: Array.from({ length: count }, () => randomHash(random)),
  });
  const state: ClaimState = { claims: [claim(2), claim(0), claim(3)], bounds: new Map([[SEGMENT, 5], ["a.0.b", 0]]) };
  const encoded = encodeClaimState(state);
  assert.deepEqual(decodeClaimState(encoded), state);
  for (let at = 0; at < encoded.length; at++) {
    const damaged = encoded.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.equal(decodeClaimState(damaged), undefined, `${at}`);
  }
  for (let length = 0; length < encoded.length; length++) {
    assert.equal(decodeClaimState(encoded.subarray(0, length)), undefined);
  }
});
