/**
 * Results as bytes, and back. What would not come back equal is refused.
 *
 * @module
 */
import { Buffer, isAscii } from "node:buffer";
import { Deserializer, Serializer } from "node:v8";
import { JugError } from "../errors.ts";
import { needOf } from "./storable.ts";
import { restore, substitute } from "./substitution.ts";

/** How a payload is written; the numbers are part of the stored format. */
export const CODEC = {
  /** JSON in UTF-8: a third of the cost of structured clone for a small value. */
  json: 1,
  /** V8's structured clone. */
  clone: 2,
  /** Structured clone of `[value, stand-ins]`. */
  substitution: 3,
} as const;

/** A value as bytes. */
export interface Payload {
  /** One of {@linkcode CODEC}. */
  readonly codec: number;
  /** May be a part of a larger buffer: copy it to keep it. */
  readonly bytes: Uint8Array;
}

const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Writes a result.
 *
 * @param label Opens the messages, as in "primes.isPrime".
 *
 * @throws {JugError} (usage) Something in the result would not come back equal; the message says where.
 */
export function encodePayload(value: unknown, label: string): Payload {
  const need = needOf(value, label);
  switch (need) {
    case "json":
      return encodeJson(value, label);
    case "clone":
      return { codec: CODEC.clone, bytes: serialize(value, label) };
    case "substitution": {
      const { root, standIns } = substitute(value);
      return { codec: CODEC.substitution, bytes: serialize([root, standIns], label) };
    }
  }
}

function encodeJson(value: unknown, label: string): Payload {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    // Longer than a string can be: structured clone has no such limit.
    return { codec: CODEC.clone, bytes: serialize(value, label) };
  }
  // Three times as fast as a TextEncoder, since the memory comes from a pool.
  return { codec: CODEC.json, bytes: Buffer.from(text) };
}

/** Reads what {@linkcode encodePayload} wrote: a fresh copy each time. Throws where the bytes are not such. */
export function decodePayload(codec: number, bytes: Uint8Array): unknown {
  switch (codec) {
    case CODEC.json:
      return JSON.parse(textOf(bytes));
    case CODEC.clone:
      return deserialize(bytes);
    case CODEC.substitution: {
      const pair = deserialize(bytes);
      if (!Array.isArray(pair) || !Array.isArray(pair[1])) throw new TypeError("There is no list of stand-ins");
      return restore({ root: pair[0], standIns: pair[1] });
    }
    default:
      throw new TypeError(`Codec ${codec} is unknown`);
  }
}

/** ASCII, as most of it is, is read in a third of the time that a TextDecoder takes. */
function textOf(bytes: Uint8Array): string {
  if (!isAscii(bytes)) return fromUtf8.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

// Not v8.serialize: what that makes of typed arrays comes back as views into the payload itself.
function serialize(value: unknown, label: string): Uint8Array {
  const serializer = new Serializer();
  serializer.writeHeader();
  try {
    serializer.writeValue(value);
  } catch (error) {
    throw new JugError("usage", `${label}: the result cannot be stored: ${String(error)}`, {
      remedy: "Return plain data; if it is large, in several results",
      cause: error,
    });
  }
  return serializer.releaseBuffer();
}

function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  if (!deserializer.readHeader()) throw new TypeError("The payload has no header");
  return deserializer.readValue();
}
