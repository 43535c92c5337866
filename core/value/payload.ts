/**
 * Encodes results as bytes, and decodes them. A value that would not decode to an equal value is refused.
 *
 * @module
 */
import { Buffer, isAscii } from "node:buffer";
import { Deserializer, Serializer } from "node:v8";
import { JugError } from "../errors.ts";
import { needOf } from "./storable.ts";
import { restore, substitute } from "./substitution.ts";

/** The codecs of a payload; the numbers are part of the stored format. */
const CODEC = {
  /** JSON in UTF-8: for a small value, a third of the cost of structured clone. */
  json: 1,
  /** V8's structured clone. */
  clone: 2,
  /** Structured clone of `[value, stand-ins]`: see substitution.ts. */
  substitution: 3,
} as const;

/** An encoded value. */
export interface Payload {
  /** One of {@linkcode CODEC}. */
  readonly codec: number;
  /** The encoded bytes. They may be a view of a larger buffer: copy them to keep them. */
  readonly bytes: Uint8Array;
}

const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Encodes a result.
 *
 * @param label The beginning of error messages, as in "primes.isPrime".
 *
 * @throws {JugError} of kind "usage" if something in the result would not decode to an equal value; the message names
 * the place.
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
    // The text exceeds the maximum length of a string. Structured clone has no such limit.
    return { codec: CODEC.clone, bytes: serialize(value, label) };
  }
  // Buffer.from is three times as fast as a TextEncoder, since it takes memory from a pool.
  return { codec: CODEC.json, bytes: Buffer.from(text) };
}

/**
 * Decodes what {@linkcode encodePayload} returned: a new copy at each call.
 *
 * @throws if the bytes are not a payload of this codec, or the codec is unknown.
 */
export function decodePayload(codec: number, bytes: Uint8Array): unknown {
  switch (codec) {
    case CODEC.json:
      return JSON.parse(textOf(bytes));
    case CODEC.clone:
      return deserialize(bytes);
    case CODEC.substitution: {
      const pair = deserialize(bytes);
      if (!Array.isArray(pair) || !Array.isArray(pair[1])) throw new TypeError("The list of stand-ins is missing");
      return restore({ root: pair[0], standIns: pair[1] });
    }
    default:
      throw new TypeError(`Codec ${codec} is unknown`);
  }
}

/** Decodes UTF-8. Most payloads are ASCII, which is decoded here in a third of the time that a TextDecoder takes. */
function textOf(bytes: Uint8Array): string {
  if (!isAscii(bytes)) return fromUtf8.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

// Not v8.serialize: typed arrays that it writes are decoded as views into the payload itself.
function serialize(value: unknown, label: string): Uint8Array {
  const serializer = new Serializer();
  serializer.writeHeader();
  try {
    serializer.writeValue(value);
  } catch (error) {
    throw new JugError("usage", `${label}: the result cannot be stored: ${String(error)}`, {
      remedy: "Return plain data; split large data into several results",
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
