/**
 * Records the arguments of tasks in a form of bounded size, so that it can be told later what a task was called with.
 *
 * The form depends on the arguments alone. A container that is too large is replaced by its type, its size and a digest.
 * To begin with, this is done for all of them; then the containers are opened, each time the one that costs the fewest
 * bytes, as long as there is room. So the largest ones stay closed, and nothing in them is visited, except for their
 * digest.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isNode, isSecret, type Node, type Wrapper } from "../../brand.ts";
import { VALUE_METHOD } from "../../self_valued.ts";
import { digestWithoutSecrets } from "../hash.ts";
import { HASH_METHOD, type Hashable, isHashable, kindOf, viewName } from "../kinds.ts";
import { setOwnProperty } from "../own_property.ts";
import { type Entry, isRecordedList, isSpecial, type Recorded, type RecordedArguments, type Special } from "./form.ts";
import {
  bytesOf,
  bytesOfSpecial,
  bytesOfText,
  type Closed,
  commas,
  type Container,
  leaf,
  number,
  type Opened,
  type Part,
  recordedOf,
  special,
} from "./part.ts";

/** The most bytes of the JSON of the arguments of one task. */
export const MOST_BYTES = 2048;
/** Texts up to this length, in UTF-16 units, are recorded whole. */
const LONGEST_TEXT = 100;
/** How much is recorded of the beginning of a longer text, in UTF-16 units. */
const BEGINNING = 40;
/** A container with more members is never opened. */
const MOST_MEMBERS = 128;
const DIGEST_DIGITS = 16;
/** Up to so many primitive arguments with so many characters fit in any case. */
const FEW = 8;
const FEW_CHARACTERS = 300;
/** A digest of a container with so many members or bytes is remembered. */
const LARGE = 128;

/** A container that may be opened. */
interface Candidate {
  readonly container: Container;
  readonly opened: Opened;
  /** How many bytes more are needed. */
  readonly growth: number;
}

/** Records arguments. It remembers digests of large values, which many tasks may share. */
export class ArgumentRecorder {
  readonly #digests = new WeakMap<object, string>();

  /**
   * Returns the arguments as they are recorded; `undefined` if that is impossible, because they were changed since the
   * task was declared, for example. The same object may be returned if it has the form.
   */
  record(args: readonly unknown[]): RecordedArguments | undefined {
    if (areFew(args)) return args;
    try {
      return this.#record(args);
    } catch {
      // A method of the user may have thrown. The task itself must not fail because of this.
      return undefined;
    }
  }

  /** Returns one value as it is recorded where there is no room for its members; `undefined` as for `record`. */
  recordClosed(value: unknown): Recorded | undefined {
    try {
      const part = this.#part(value);
      return part.kind === "leaf" ? part.recorded : part.closed.record();
    } catch {
      return undefined;
    }
  }

  #record(args: readonly unknown[]): RecordedArguments {
    const root = this.#list(withoutUndefined(args));
    let bytes = root.closed.bytes;
    const candidates: Candidate[] = [];
    const consider = (part: Part): void => {
      const opened = part.kind === "container" ? part.open() : undefined;
      if (part.kind !== "container" || opened === undefined) return;
      candidates.push({ container: part, opened, growth: opened.bytes - part.closed.bytes });
    };
    consider(root);
    for (let best = cheapest(candidates); best !== undefined; best = cheapest(candidates)) {
      const { container, opened, growth } = best;
      candidates.splice(candidates.indexOf(best), 1);
      // The others cost as much or more.
      if (bytes + growth > MOST_BYTES) break;
      bytes += growth;
      container.opened = opened;
      for (const part of opened.parts) consider(part);
    }
    const recorded = recordedOf(root);
    if (isRecordedList(recorded) || isSpecial(recorded)) return recorded;
    throw new TypeError("The arguments are recorded as neither a list nor a special form");
  }

  /** Returns what is recorded of a value. */
  #part(value: unknown): Part {
    if (value === null || typeof value === "boolean") return leaf(value, value === false ? 5 : 4);
    if (typeof value === "number") return number(value);
    if (typeof value === "string") return this.#text(value);
    const found = kindOf(value);
    if (!isHashable(found)) throw new TypeError("The arguments were changed after the task was declared");
    return this.#found(found);
  }

  #found(found: Hashable): Part {
    switch (found.kind) {
      case "undefined":
        return special({ $: ["undefined"] });
      case "null":
      case "boolean":
      case "number":
      case "string":
        return this.#part(found.value);
      case "bigint": {
        const text = found.value.toString();
        return text.length > LONGEST_TEXT
          ? this.#cut("bigint", text.length, found.value)
          : special({ $: ["bigint", text] });
      }
      case "array":
        return this.#list(found.value);
      case "object":
        return this.#object(found.value);
      case "map":
        return this.#map(found.value);
      case "set":
        return this.#set(found.value);
      case "date": {
        const time = found.value.getTime();
        return special({ $: ["date", Number.isNaN(time) ? null : time] });
      }
      case "url":
        return this.#whole("URL", found.value.href, found.value, (text) => ({ $: ["url", text] }));
      case "regexp": {
        const { source, flags } = found.value;
        return this.#whole("RegExp", source, found.value, (text) => ({ $: ["regexp", text, flags] }));
      }
      case "arraybuffer":
        return this.#cut("ArrayBuffer", found.value.byteLength, found.value);
      case "view": {
        const length = "length" in found.value ? Number(found.value.length) : found.value.byteLength;
        return this.#cut(viewName(found.value), length, found.value);
      }
      case "error":
        return this.#cut(shortened(String(found.value.name)), found.value.message.length, found.value);
      case "node":
        return this.#node(found.value);
      case "generator": {
        const { taskName, version } = found.value;
        return special({ $: ["generator", shortened(taskName), version === undefined ? null : shortened(version)] });
      }
      case "wrapper":
        return this.#wrapper(found.value);
      case "selfHashing": {
        const name: unknown = found.value.constructor?.name;
        const type = typeof name === "string" ? shortened(name) : "object";
        return this.#around(this.#part(found.value[HASH_METHOD]()), (hash) => ({ $: ["self", type, hash] }));
      }
      case "selfValued":
        return this.#part(found.value[VALUE_METHOD]());
      default:
        return found satisfies never;
    }
  }

  #text(text: string): Part {
    if (text.length <= LONGEST_TEXT) return leaf(text, bytesOfText(text));
    return this.#cut("string", text.length, text, beginning(text));
  }

  #whole(type: string, text: string, value: object, make: (text: string) => Special): Part {
    return text.length <= LONGEST_TEXT ? special(make(text)) : this.#cut(type, text.length, value, beginning(text));
  }

  /** Returns a value that cannot be opened. */
  #cut(type: string, size: number, value: unknown, hint?: string): Container {
    return { kind: "container", value, closed: this.#closed(type, size, value, hint), open: never, opened: undefined };
  }

  #closed(type: string, size: number, value: unknown, hint?: string): Closed {
    const form = (digest: string): Special => ({
      $: hint === undefined ? ["cut", type, size, digest] : ["cut", type, size, digest, hint],
    });
    // {"$":["cut",type,size,digest,hint]}
    const around = CUT_BYTES + bytesOfText(type) + String(size).length;
    return {
      bytes: hint === undefined ? around : around + bytesOfText(hint) + 1,
      record: () => form(this.#digest(value, size)),
    };
  }

  #digest(value: unknown, size: number): string {
    if (typeof value !== "object" || value === null || size < LARGE) return digestOf(value);
    const known = this.#digests.get(value) ?? digestOf(value);
    this.#digests.set(value, known);
    return known;
  }

  #list(list: readonly unknown[]): Container {
    const open = (): Opened | undefined => {
      if (list.length > MOST_MEMBERS) return undefined;
      const parts = list.map((item) => this.#part(item));
      return { parts, bytes: bytesOf(parts) + 2 + commas(parts), record: (parts) => parts };
    };
    const closed = this.#closed("array", list.length, list, tasksOf(list));
    return { kind: "container", value: list, closed, open, opened: undefined };
  }

  #object(object: Readonly<Record<string, unknown>>): Container {
    const keys = Object.keys(object);
    const open = (): Opened | undefined => {
      if (keys.length > MOST_MEMBERS) return undefined;
      keys.sort();
      const parts = keys.map((key) => this.#part(object[key]));
      const bytes = bytesOf(parts) + keys.reduce((sum, key) => sum + bytesOfText(key), commas(parts));
      // {"key":value} and {"$":["object",[["key",value]]]}
      return keys.includes("$")
        ? {
          parts,
          bytes: bytes + OBJECT_BYTES + 3 * keys.length,
          record: (parts) => ({ $: ["object", entriesOf(keys, parts)] }),
        }
        : { parts, bytes: bytes + 2 + keys.length, record: (parts) => objectOf(keys, parts) };
    };
    const closed = this.#closed("object", keys.length, object);
    return { kind: "container", value: object, closed, open, opened: undefined };
  }

  /** Opens only Maps whose keys are primitive. */
  #map(map: ReadonlyMap<unknown, unknown>): Container {
    const open = (): Opened | undefined => {
      if (map.size > MOST_MEMBERS) return undefined;
      const entries = [...map].flatMap(([key, value]) => {
        const recorded = this.#primitive(key);
        return recorded === undefined ? [] : [{ key: recorded, text: JSON.stringify(recorded), value }];
      });
      if (entries.length < map.size) return undefined;
      entries.sort((a, b) => a.text < b.text ? -1 : 1);
      const keys = entries.map(({ key }) => key);
      const parts = entries.map(({ value }) => this.#part(value));
      const around = entries.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 3, MAP_BYTES);
      return {
        parts,
        bytes: bytesOf(parts) + around + commas(parts),
        record: (parts) => ({ $: ["map", entriesOf(keys, parts)] }),
      };
    };
    return { kind: "container", value: map, closed: this.#closed("Map", map.size, map), open, opened: undefined };
  }

  /** Opens only Sets of primitives. */
  #set(set: ReadonlySet<unknown>): Container {
    const open = (): Opened | undefined => {
      if (set.size > MOST_MEMBERS) return undefined;
      const elements = [...set].flatMap((element) => this.#primitive(element) ?? []);
      if (elements.length < set.size) return undefined;
      const texts = elements.map((element) => ({ element, text: JSON.stringify(element) }));
      texts.sort((a, b) => a.text < b.text ? -1 : 1);
      const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), SET_BYTES + commas(texts));
      return { parts: [], bytes, record: () => ({ $: ["set", texts.map(({ element }) => element)] }) };
    };
    return { kind: "container", value: set, closed: this.#closed("Set", set.size, set), open, opened: undefined };
  }

  /** Returns what is recorded of a primitive, `undefined` for other values and long texts. */
  #primitive(value: unknown): Recorded | undefined {
    if (typeof value === "object" && value !== null || typeof value === "function") return undefined;
    const part = this.#part(value);
    return part.kind === "leaf" ? part.recorded : undefined;
  }

  #node(node: Node): Part {
    const { hash, name } = node;
    if (node["jug.kind"] === "task") {
      const shown = shortened(name);
      return leaf({ $: ["task", shown, hash] }, TASK_BYTES + bytesOfText(shown) + hash.length);
    }
    const form: Special = { $: ["tasklet", shortened(name), hash] };
    const closed: Closed = { bytes: bytesOfSpecial(form), record: () => form };
    const open = (): Opened | undefined => {
      const bases: unknown = Reflect.get(node, "bases");
      if (!Array.isArray(bases) || bases.length > MOST_MEMBERS || !bases.every(isNode)) return undefined;
      const parts = bases.map((base) => this.#part(base));
      const bytes = closed.bytes + bytesOf(parts) + 3 + commas(parts);
      return { parts, bytes, record: (parts) => ({ $: ["tasklet", shortened(name), hash, parts] }) };
    };
    return { kind: "container", value: node, closed, open, opened: undefined };
  }

  #wrapper(wrapper: Wrapper): Part {
    if (isSecret(wrapper)) return special({ $: ["secret"] });
    const { hashAs } = wrapper;
    switch (hashAs.kind) {
      case "value":
        return this.#part(hashAs.value);
      case "nothing":
        return special({ $: ["noHash"] });
      case "digest": {
        const by = shortened(wrapper.wrapper);
        return this.#around(this.#text(hashAs.digest), (digest) => ({ $: ["digest", by, digest] }));
      }
      case "node": {
        const label = shortened(hashAs.label);
        return this.#around(this.#node(hashAs.node), (task) => ({ $: ["labelled", label, task] }));
      }
    }
  }

  /** Returns a special form around what is recorded of a part. */
  #around(part: Part, form: (inner: Recorded) => Special): Part {
    const around = bytesOfSpecial(form(null)) - 4;
    if (part.kind === "leaf") return leaf(form(part.recorded), part.bytes + around);
    const closed: Closed = { bytes: part.closed.bytes + around, record: () => form(part.closed.record()) };
    const open = (): Opened | undefined => {
      const opened = part.open();
      return opened &&
        { parts: opened.parts, bytes: opened.bytes + around, record: (parts) => form(opened.record(parts)) };
    };
    return { kind: "container", value: part.value, closed, open, opened: undefined };
  }
}

/** Whether all arguments are primitives that JSON has a form for, and so short that they fit in any case. */
function areFew(args: readonly unknown[]): args is readonly (string | number | boolean | null)[] {
  if (args.length > FEW) return false;
  let characters = 0;
  for (const arg of args) {
    if (typeof arg === "number") {
      if (!Number.isFinite(arg)) return false;
    } else if (typeof arg === "string") {
      characters += arg.length;
      if (arg.length > LONGEST_TEXT || characters > FEW_CHARACTERS) return false;
    } else if (typeof arg !== "boolean" && arg !== null) return false;
  }
  return true;
}

/** Like the hash: `f(1)` and `f(1, undefined)` are the same task. */
function withoutUndefined(args: readonly unknown[]): readonly unknown[] {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return last === args.length - 1 ? args : args.slice(0, last + 1);
}

function cheapest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) if (best === undefined || candidate.growth < best.growth) best = candidate;
  return best;
}

function never(): undefined {
  return undefined;
}

/** The bytes of the form of a large value, without its type, its size and its hint. */
const CUT_BYTES = bytesOfSpecial({ $: ["cut", "", 0, "0".repeat(DIGEST_DIGITS)] }) - 3;
/** The bytes of the form of a task, without its name and its hash. */
const TASK_BYTES = bytesOfSpecial({ $: ["task", "", ""] }) - 2;
/** The bytes of the form of an object with the key "$", of a Map and of a Set, without what is in them. */
const OBJECT_BYTES = bytesOfSpecial({ $: ["object", []] });
const MAP_BYTES = bytesOfSpecial({ $: ["map", []] });
const SET_BYTES = bytesOfSpecial({ $: ["set", []] });

function objectOf(keys: readonly string[], parts: readonly Recorded[]): Recorded {
  const object: Record<string, Recorded> = {};
  for (const [i, key] of keys.entries()) setOwnProperty(object, key, parts[i] ?? null);
  return object;
}

function entriesOf(keys: readonly Recorded[], parts: readonly Recorded[]): readonly Entry[] {
  return keys.map((key, i) => [key, parts[i] ?? null]);
}

function digestOf(value: unknown): string {
  return digestWithoutSecrets(value).slice(0, DIGEST_DIGITS);
}

/** Returns the beginning of a text, without half a character at the end. */
function beginning(text: string): string {
  return text.slice(0, BEGINNING).replace(/[\ud800-\udbff]$/, "");
}

function shortened(name: string): string {
  return name.length <= LONGEST_TEXT ? name : `${name.slice(0, LONGEST_TEXT - 1)}…`;
}

/** Describes a list of tasks of one name; `undefined` for another list. */
function tasksOf(list: readonly unknown[]): string | undefined {
  const [first] = list;
  if (!isNode(first) || !list.every((item) => isNode(item) && item.name === first.name)) return undefined;
  return shortened(first.name);
}
