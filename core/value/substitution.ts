/**
 * Substitutes the objects that structured clone would change silently: errors, URLs, objects without a prototype, a
 * RegExp whose `lastIndex` is not 0, and a view of a part of a buffer.
 *
 * The value is copied, with an array (the stand-in) in the place of each such object; a view becomes a view of its own
 * buffer, without a stand-in. The list of the stand-ins is stored with the copy. Since structured clone keeps
 * identities, the stand-ins are found by identity when the value is read.
 *
 * @module
 */
import { errorParts } from "./error_parts.ts";
import { reviveError } from "./error_revival.ts";
import { kindOf, type PlainObject } from "./kinds.ts";
import { isFault } from "./members.ts";
import { setOwnProperty } from "./own_property.ts";
import { isLargeBuffer, isPartOfBuffer } from "./storable.ts";

/** A value with stand-ins, and the list of them. */
export interface Substituted {
  readonly root: unknown;
  readonly standIns: readonly unknown[];
}

/** A value with stand-ins, as it was just made. */
export interface Substitution extends Substituted {
  /** The large buffers that were made for views of parts of buffers. */
  readonly largeCopies: readonly ArrayBuffer[];
}

/** Copies `value` with stand-ins. The value must have passed the checks of storable.ts. */
export function substitute(value: unknown): Substitution {
  const copies = new Map<unknown, unknown>();
  const standIns: unknown[] = [];
  const largeCopies: ArrayBuffer[] = [];
  return { root: copy(value), standIns, largeCopies };

  function copy(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    return copies.get(value) ?? copyObject(value);
  }

  function copyObject(value: object): unknown {
    const found = kindOf(value);
    switch (found.kind) {
      case "array": {
        const made = remember(value, new Array<unknown>());
        for (const element of found.value) made.push(copy(element));
        return made;
      }
      case "object":
        return Object.getPrototypeOf(value) === null ? copyBare(found.value) : copyPlain(found.value);
      case "map": {
        const made = remember(value, new Map<unknown, unknown>());
        for (const [key, element] of found.value) made.set(copy(key), copy(element));
        return made;
      }
      case "set": {
        const made = remember(value, new Set<unknown>());
        for (const element of found.value) made.add(copy(element));
        return made;
      }
      case "view":
        return isPartOfBuffer(found.value) ? remember(value, copyPart(found.value)) : value;
      case "regexp": {
        const { source, flags, lastIndex } = found.value;
        return lastIndex === 0 ? value : standIn(value, ["regexp", source, flags, lastIndex]);
      }
      case "url":
        return standIn(value, ["url", found.value.href]);
      case "error":
        return copyError(found.value);
      default:
        return value;
    }
  }

  function copyPart(view: ArrayBufferView<ArrayBuffer>): ArrayBufferView {
    const made = cut(view);
    if (made.buffer instanceof ArrayBuffer && isLargeBuffer(made.buffer)) largeCopies.push(made.buffer);
    return made;
  }

  function copyPlain(value: PlainObject): object {
    const made = remember(value, {});
    for (const key of Object.keys(value)) setOwnProperty(made, key, copy(value[key]));
    return made;
  }

  function copyBare(value: PlainObject): unknown[] {
    const made = standIn(value, ["bare"]);
    for (const key of Object.keys(value)) made.push(key, true, copy(value[key]));
    return made;
  }

  function copyError(error: Error): unknown[] {
    const parts = errorParts(error);
    if (isFault(parts)) throw new TypeError("This error is not storable");
    const made = standIn(error, ["error", error instanceof DOMException, parts.name, parts.message, parts.stack]);
    for (const { key, enumerable, value } of parts.fields) made.push(key, enumerable, copy(value));
    return made;
  }

  function standIn(value: object, made: unknown[]): unknown[] {
    standIns.push(made);
    return remember(value, made);
  }

  function remember<T>(value: object, made: T): T {
    copies.set(value, made);
    return made;
  }
}

/** Returns the value with the stand-ins replaced by the original objects. Changes the given objects in place. */
export function restore({ root, standIns }: Substituted): unknown {
  const revived = new Map<unknown, object>();
  for (const standIn of standIns) revived.set(standIn, revive(standIn));
  const seen = new Set<unknown>();
  for (const [standIn, object] of revived) fill(standIn, object);
  return visit(root);

  function fill(standIn: unknown, object: object): void {
    if (!Array.isArray(standIn)) return;
    const first = standIn[0] === "bare" ? 1 : standIn[0] === "error" ? 5 : standIn.length;
    for (let i = first; i + 2 < standIn.length; i += 3) {
      setOwnProperty(object, String(standIn[i]), visit(standIn[i + 2]), standIn[i + 1] === true);
    }
  }

  function visit(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const object = revived.get(value);
    if (object !== undefined) return object;
    if (seen.has(value)) return value;
    seen.add(value);
    if (Array.isArray(value)) visitArray(value);
    else if (value instanceof Map) visitMap(value);
    else if (value instanceof Set) visitSet(value);
    else if (Object.getPrototypeOf(value) === Object.prototype) {
      for (const [key, element] of Object.entries(value)) setOwnProperty(value, key, visit(element));
    }
    return value;
  }

  function visitArray(array: unknown[]): void {
    for (let i = 0; i < array.length; i++) array[i] = visit(array[i]);
  }

  // Maps and Sets are filled again in order: if only one key were replaced, it would move to the end.
  function visitMap(map: Map<unknown, unknown>): void {
    const entries = [...map];
    map.clear();
    for (const [key, value] of entries) map.set(visit(key), visit(value));
  }

  function visitSet(set: Set<unknown>): void {
    const elements = [...set];
    set.clear();
    for (const element of elements) set.add(visit(element));
  }
}

function revive(standIn: unknown): object {
  if (!Array.isArray(standIn)) throw new TypeError("A stand-in is not a list");
  const [kind, a, b, c, d]: unknown[] = standIn;
  switch (kind) {
    case "bare":
      return Object.create(null);
    case "url":
      return new URL(String(a));
    case "regexp": {
      const made = new RegExp(String(a), String(b));
      made.lastIndex = Number(c);
      return made;
    }
    case "error":
      return reviveError({
        isDomException: a === true,
        name: String(b),
        message: String(c),
        stack: typeof d === "string" ? d : undefined,
      });
    default:
      throw new TypeError(`A stand-in has the unknown kind ${String(kind)}`);
  }
}

/** Returns a view of the same type and content as `view`, on a buffer that contains only these bytes. */
function cut(view: ArrayBufferView<ArrayBuffer>): ArrayBufferView {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const constructor: unknown = Reflect.get(Object.getPrototypeOf(view), "constructor");
  if (typeof constructor !== "function") throw new TypeError("A view without a constructor");
  const made: unknown = Reflect.construct(constructor, [bytes]);
  if (!ArrayBuffer.isView(made)) throw new TypeError("A view was not made");
  return made;
}
