/**
 * Encodes results as bytes, and decodes them. A value that would not decode to an equal value is refused.
 *
 * @module
 */
import { Buffer, isAscii } from "node:buffer";
import { Deserializer, Serializer } from "node:v8";
import { JugError } from "../errors.ts";
import { storageNeeds } from "./storable.ts";
import { restore, substitute, type Substituted } from "./substitution.ts";

/** The codecs of a payload; the numbers are part of the stored format. */
export const CODEC = {
  /** JSON in UTF-8: for a small value, a third of the cost of structured clone. */
  json: 1,
  /** V8's structured clone. */
  clone: 2,
  /** Structured clone of `[value, stand-ins]`: see substitution.ts. */
  substitution: 3,
  /** The same, with the content of large buffers behind it. */
  buffers: 4,
} as const;

/** An encoded value. */
export interface Payload {
  /** One of {@linkcode CODEC}. */
  readonly codec: number;
  /** The encoded bytes, in parts. These may be views of larger buffers, even of the value's own: copy them to keep them. */
  readonly parts: readonly Uint8Array[];
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
  const form = payloadForm(value, label);
  return "json" in form ? encodeJson(form.json, value, label) : form;
}

/** The text of a value that is stored as JSON; `undefined` if the text would be too long for a string. */
export interface JsonText {
  readonly json: string | undefined;
}

/** Does the same as {@linkcode encodePayload}, and leaves it to the caller to encode a text of JSON. */
export function payloadForm(value: unknown, label: string): Payload | JsonText {
  const { need, largeBuffers } = storageNeeds(value, label);
  switch (need) {
    case "json":
      return { json: textOfJson(value) };
    case "clone":
      if (largeBuffers.size > 0) return encodeApart({ root: value, standIns: [] }, [...largeBuffers], label);
      return { codec: CODEC.clone, parts: [serialize(value, label)] };
    case "substitution": {
      const { root, standIns, largeCopies } = substitute(value);
      const buffers = [...largeBuffers, ...largeCopies];
      if (buffers.length > 0) return encodeApart({ root, standIns }, buffers, label);
      return { codec: CODEC.substitution, parts: [serialize([root, standIns], label)] };
    }
  }
}

function textOfJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Encodes a text of JSON, or the value as a structured clone, which has no limit, if there is no text. */
export function encodeJson(text: string | undefined, value: unknown, label: string): Payload {
  if (text === undefined) return { codec: CODEC.clone, parts: [serialize(value, label)] };
  // Buffer.from is three times as fast as a TextEncoder, since it takes memory from a pool.
  return { codec: CODEC.json, parts: [Buffer.from(text)] };
}

/** The number of the buffers, and the length of the clone. The length of each buffer follows, then the clone. */
const APART_HEADER = 8;

function encodeApart({ root, standIns }: Substituted, buffers: readonly ArrayBuffer[], label: string): Payload {
  const clone = serialize([root, standIns], label, buffers);
  const header = new Uint8Array(APART_HEADER + 8 * buffers.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, buffers.length, true);
  view.setUint32(4, clone.length, true);
  for (const [i, buffer] of buffers.entries()) view.setFloat64(APART_HEADER + 8 * i, buffer.byteLength, true);
  return { codec: CODEC.buffers, parts: [header, clone, ...buffers.map((buffer) => new Uint8Array(buffer))] };
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
    case CODEC.substitution:
      return restore(substituted(deserialize(bytes)));
    case CODEC.buffers:
      return restore(substituted(decodeApart(bytes)));
    default:
      throw new TypeError(`Codec ${codec} is unknown`);
  }
}

function substituted(pair: unknown): Substituted {
  if (!Array.isArray(pair) || !Array.isArray(pair[1])) throw new TypeError("The list of stand-ins is missing");
  return { root: pair[0], standIns: pair[1] };
}

function decodeApart(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [count, cloneLength] = [view.getUint32(0, true), view.getUint32(4, true)];
  const cloneAt = APART_HEADER + 8 * count;
  let at = cloneAt + cloneLength;
  const buffers: ArrayBuffer[] = [];
  for (let i = 0; i < count; i++) {
    const length = view.getFloat64(APART_HEADER + 8 * i, true);
    if (!Number.isSafeInteger(length) || length < 0 || at + length > bytes.length) {
      throw new RangeError("A buffer is longer than the payload");
    }
    const own = new Uint8Array(length);
    own.set(bytes.subarray(at, at + length));
    buffers.push(own.buffer);
    at += length;
  }
  return deserialize(bytes.subarray(cloneAt, cloneAt + cloneLength), buffers);
}

/** Decodes UTF-8. Most payloads are ASCII, which is decoded here in a third of the time that a TextDecoder takes. */
function textOf(bytes: Uint8Array): string {
  if (!isAscii(bytes)) return fromUtf8.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** `apart`: buffers whose content is left out. They are numbered in this order. */
// Not v8.serialize: typed arrays that it writes are decoded as views into the payload itself.
function serialize(value: unknown, label: string, apart: readonly ArrayBuffer[] = []): Uint8Array {
  const serializer = new Serializer();
  serializer.writeHeader();
  for (const [i, buffer] of apart.entries()) serializer.transferArrayBuffer(i, buffer);
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

function deserialize(bytes: Uint8Array, apart: readonly ArrayBuffer[] = []): unknown {
  const deserializer = new Deserializer(bytes);
  if (!deserializer.readHeader()) throw new TypeError("The payload has no header");
  for (const [i, buffer] of apart.entries()) deserializer.transferArrayBuffer(i, buffer);
  return deserializer.readValue();
}
