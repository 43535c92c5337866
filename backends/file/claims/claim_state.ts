/**
 * The state of one partition: which of its tasks are claimed. It is a file that never changes; a change of the state is
 * a new file.
 *
 * ```
 * jug state 1 <CRC-32 of the rest, 8 hexadecimal digits> <line end>
 * a line of JSON: {"claims":[{"segment":…,"host":…,"boot":…,"leaseMs":…,"since":…,"sequence":…,"count":…},…],"bounds":{…}}
 * the hashes of all claims, 20 bytes each
 * ```
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { Hash } from "../../../core/brand.ts";
import { leaseOf, ORPHAN_LEASE_MS } from "../../validation.ts";
import { HASH_BYTES, readHash, writeHash } from "../../../core/hash_table.ts";
import { ownerOfSegment } from "../token.ts";

/** Where an owner runs, and how long its claims are valid without a sign of life. */
export interface Home {
  readonly host: string | undefined;
  readonly boot: string | undefined;
  readonly leaseMs: number;
}

/** A claim on several tasks of one partition. It is valid as long as its segment is open. */
export interface RunningClaim {
  /** The name of its segment. */
  readonly segment: string;
  readonly home: Home;
  /** When it was made, in milliseconds since 1970 by the clock of its worker. */
  readonly since: number;
  /** The number of the change with which it was made. A later claim of the same task has a larger one. */
  readonly sequence: number;
  readonly hashes: readonly Hash[];
}

/** The state of a partition. */
export interface ClaimState {
  readonly claims: readonly RunningClaim[];
  /**
   * By segment: how much of it counted, at least, when a claim was dropped from the state because it had ended. Whoever
   * sees less of the segment does not see how the claim ended.
   */
  readonly bounds: ReadonlyMap<string, number>;
}

/** The state of a partition in which nothing was claimed. */
export const NO_CLAIMS: ClaimState = { claims: [], bounds: new Map() };

const HEAD = /^jug state 1 ([0-9a-f]{8})\n$/;
const HEAD_BYTES = 21;

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Encodes a state. */
export function encodeClaimState({ claims, bounds }: ClaimState): Uint8Array<ArrayBuffer> {
  const table = claims.map(({ segment, home: { host, boot, leaseMs }, since, sequence, hashes }) => ({
    segment,
    host: host ?? null,
    boot: boot ?? null,
    leaseMs,
    since,
    sequence,
    count: hashes.length,
  }));
  const line = toUtf8.encode(`${JSON.stringify({ claims: table, bounds: Object.fromEntries(bounds) })}\n`);
  const count = claims.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const bytes = new Uint8Array(HEAD_BYTES + line.length + count * HASH_BYTES);
  bytes.set(line, HEAD_BYTES);
  let at = HEAD_BYTES + line.length;
  for (const { hashes } of claims) {
    for (const hash of hashes) {
      writeHash(hash, bytes, at);
      at += HASH_BYTES;
    }
  }
  const checksum = crc32(bytes.subarray(HEAD_BYTES)).toString(16).padStart(8, "0");
  bytes.set(toUtf8.encode(`jug state 1 ${checksum}\n`));
  return bytes;
}

/** Decodes a state; returns `undefined` if it is damaged. */
export function decodeClaimState(bytes: Uint8Array): ClaimState | undefined {
  const checksum = HEAD.exec(fromUtf8.decode(bytes.subarray(0, HEAD_BYTES)))?.[1];
  const rest = bytes.subarray(HEAD_BYTES);
  if (checksum === undefined || Number.parseInt(checksum, 16) !== crc32(rest)) return undefined;
  const end = rest.indexOf(0x0a) + 1;
  const table = parseTable(fromUtf8.decode(rest.subarray(0, end)));
  if (table === undefined) return undefined;
  const claims: RunningClaim[] = [];
  let at = end;
  for (const { count, ...claim } of table.claims) {
    if (at + count * HASH_BYTES > rest.length) return undefined;
    const hashes = Array.from({ length: count }, (_, i) => readHash(rest, at + i * HASH_BYTES));
    at += count * HASH_BYTES;
    claims.push({ ...claim, hashes });
  }
  return { claims, bounds: table.bounds };
}

interface Table {
  readonly claims: readonly (Omit<RunningClaim, "hashes"> & { readonly count: number })[];
  readonly bounds: ReadonlyMap<string, number>;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parseTable(line: string): Table | undefined {
  const table = parseJson(line);
  if (!isObject(table) || !Array.isArray(table.claims) || !isObject(table.bounds)) return undefined;
  const claims = table.claims.map(parseClaim);
  const bounds = new Map<string, number>();
  for (const [segment, length] of Object.entries(table.bounds)) {
    if (ownerOfSegment(segment) === undefined || !isCount(length)) return undefined;
    bounds.set(segment, length);
  }
  return claims.every((claim) => claim !== undefined) ? { claims, bounds } : undefined;
}

function parseClaim(claim: unknown): Table["claims"][number] | undefined {
  if (!isObject(claim)) return undefined;
  const { segment, host, boot, leaseMs, since, sequence, count } = claim;
  if (typeof segment !== "string" || ownerOfSegment(segment) === undefined) return undefined;
  if (typeof since !== "number" || !isCount(sequence) || !isCount(count)) return undefined;
  const home: Home = {
    host: typeof host === "string" ? host : undefined,
    boot: typeof boot === "string" ? boot : undefined,
    leaseMs: leaseOf(leaseMs) ?? ORPHAN_LEASE_MS,
  };
  return { segment, home, since, sequence, count };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
