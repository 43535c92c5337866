/**
 * Encodes values as canonical bytes: equal values have equal bytes, different values have different bytes. docs/hash.md
 * is the specification. A change of the encoding changes the hashes of all stored tasks.
 *
 * @module
 */
import { type GeneratorMark, isSecret, type Node, type Wrapper } from "../brand.ts";
import { JugError } from "../errors.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { DigestSink, type Place } from "./digest_sink.ts";
import { HASH_METHOD, type Hashable, kindOf, type PlainObject, type SelfHashing, viewName } from "./kinds.ts";
import { extraOfArray, extraOfBuiltIn, extraOfView } from "./members.ts";
import { NodeList } from "./node_list.ts";
import { collectNodes } from "./tasks_in_value.ts";
import type { Use } from "./refusal.ts";
import { ValueWalk } from "./walk.ts";

/** The byte with which each kind of value begins. (Strings begin with `s` or `S`: see digest_sink.ts.) */
const TAG = {
  undefined: 0x75, // u
  null: 0x30, // 0
  true: 0x74, // t
  false: 0x66, // f
  number: 0x6e, // n
  bigint: 0x69, // i
  array: 0x61, // a
  object: 0x6f, // o
  map: 0x6d, // m
  set: 0x65, // e
  date: 0x64, // d
  regexp: 0x72, // r
  url: 0x6c, // l
  arraybuffer: 0x62, // b
  view: 0x79, // y
  error: 0x78, // x
  task: 0x54, // T
  tasklet: 0x4c, // L
  generator: 0x47, // G
  selfHashing: 0x68, // h
  nothing: 0x2d, // -
  digest: 0x44, // D
  labelled: 0x57, // W
} as const;

/** Stands for a secret in digests that do not depend on it. Hashes of tasks have no such byte. */
const CONCEALED = 0x2a; // *

const NONE: readonly Node[] = Object.freeze([]);

/** Objects with fewer bytes are not remembered: encoding them again is as fast as looking them up. */
const WORTH_REPEATING = 64;
/** The number of bytes up to which repeated objects are written. A larger value is refused. */
const MAX_REPEATED = 1 << 30;

/** The place of the bytes of an object that was written. */
interface Written {
  readonly from: Place;
  readonly to: Place;
  /** Whether the object was written inside a Map, Set or Error, so that it contains no task. */
  readonly isClosed: boolean;
}

/** Encodes values as canonical bytes, and collects the tasks in them. */
export class CanonicalEncoder extends ValueWalk {
  readonly sink: DigestSink = new DigestSink();
  #nodes: NodeList | undefined;
  /** The number of Maps, Sets and Errors around the current position. */
  #closed = 0;
  #hasLiveList = false;
  #concealsSecrets = false;
  /** The arrays and plain objects written so far. An object that occurs many times is walked only once. */
  #written: Map<object, Written> | undefined;

  constructor() {
    super("hash", undefined);
  }

  /** The tasks and tasklets found since the last reset, in order, each once. */
  get dependencies(): readonly Node[] {
    return this.#nodes?.nodes ?? NONE;
  }

  /** Whether `args` was found since the last reset. */
  get hasLiveList(): boolean {
    return this.#hasLiveList;
  }

  /**
   * Prepares the encoder for the next hash.
   *
   * @param label The beginning of error messages, as in "primes.isPrime".
   * @param use The purpose that error messages name.
   * @param concealsSecrets Whether the digest does not depend on values wrapped by `secret`. Default: false.
   */
  reset(label: string | undefined, use: Use, concealsSecrets = false): void {
    this.sink.reset();
    this.use = use;
    this.label = label;
    this.#nodes = undefined;
    this.#hasLiveList = false;
    this.#concealsSecrets = concealsSecrets;
    this.#written = undefined;
  }

  /** Writes a value; `root` is its name in error messages. */
  root(value: unknown, root: string): void {
    this.trail.root = root;
    this.#value(value);
  }

  /** Writes arguments without `undefined` at the end: `f(1)` and `f(1, undefined)` are the same task. */
  arguments(args: readonly unknown[]): void {
    let count = args.length;
    while (count > 0 && isUndefined(args[count - 1])) count--;
    this.sink.length(count);
    for (let i = 0; i < count; i++) {
      const arg = args[i];
      if (typeof arg === "object" || typeof arg === "function" || typeof arg === "symbol") {
        this.trail.root = `argument ${i + 1}`;
      }
      this.#value(arg);
    }
  }

  /** Writes a version; `undefined` if there is none. */
  version(version: string | undefined): void {
    if (version === undefined) this.sink.byte(TAG.undefined);
    else this.sink.string(version);
  }

  /** Writes the hash of a task or tasklet, and records it as a dependency. */
  node(node: Node): void {
    if (this.#closed > 0) throw this.fault("nodeInside");
    this.sink.byte(node["jug.kind"] === "task" ? TAG.task : TAG.tasklet);
    this.sink.ascii(node.hash);
    this.#note(node);
  }

  /** Records a dependency that is not part of the hash. */
  #noteOnly(node: Node): void {
    if (this.#closed > 0) throw this.fault("nodeInside");
    this.#note(node);
  }

  #note(node: Node): void {
    this.#nodes ??= new NodeList();
    this.#nodes.add(node);
  }

  #value(value: unknown): void {
    const sink = this.sink;
    // Handle primitives first, without calling kindOf: most values are primitives.
    if (typeof value === "number") {
      sink.byte(TAG.number);
      sink.number(value);
    } else if (typeof value === "string") {
      sink.string(value);
    } else if (typeof value === "boolean") {
      sink.byte(value ? TAG.true : TAG.false);
    } else if (value === undefined) {
      sink.byte(TAG.undefined);
    } else if (value === null) {
      sink.byte(TAG.null);
    } else {
      const found = this.hashable(value);
      if (found.value !== value) this.#hasLiveList = true;
      this.#found(found);
    }
  }

  #found(found: Hashable): void {
    const sink = this.sink;
    switch (found.kind) {
      case "bigint":
        sink.byte(TAG.bigint);
        return sink.string(found.value.toString(16));
      case "array":
        return this.#array(found.value);
      case "object":
        return this.#object(found.value);
      case "map":
        return this.#map(found.value);
      case "set":
        return this.#set(found.value);
      case "date":
        this.check(extraOfBuiltIn(found.value));
        sink.byte(TAG.date);
        return sink.number(found.value.getTime());
      case "regexp":
        this.check(extraOfBuiltIn(found.value));
        sink.byte(TAG.regexp);
        sink.string(found.value.source);
        return sink.string(found.value.flags);
      case "url":
        this.check(extraOfBuiltIn(found.value));
        sink.byte(TAG.url);
        return sink.string(found.value.href);
      case "arraybuffer":
        this.check(extraOfBuiltIn(found.value));
        sink.byte(TAG.arraybuffer);
        return this.#bytes(new Uint8Array(found.value));
      case "view":
        return this.#view(found.value);
      case "error":
        return this.#error(found.value);
      case "node":
        return this.node(found.value);
      case "generator":
        return this.#generator(found.value);
      case "wrapper":
        return this.#wrapper(found.value);
      case "selfHashing":
        return this.#selfHashing(found.value);
      case "selfValued":
        this.enter(found.value);
        this.#value(found.value[VALUE_METHOD]());
        return this.trail.leave();
      case "number":
      case "string":
      case "boolean":
      case "undefined":
      case "null":
        return this.#value(found.value);
      default:
        return found satisfies never;
    }
  }

  #array(array: readonly unknown[]): void {
    if (this.#repeat(array)) return;
    const from = this.sink.place;
    this.check(extraOfArray(array));
    this.enter(array);
    this.sink.byte(TAG.array);
    this.sink.length(array.length);
    for (let i = 0; i < array.length; i++) this.#value(this.element(array, i));
    this.trail.leave();
    this.#remember(array, from);
  }

  #object(object: PlainObject): void {
    if (this.#repeat(object)) return;
    const from = this.sink.place;
    const keys = this.keys(object);
    this.enter(object);
    this.sink.byte(TAG.object);
    this.#entries(keys, object);
    this.trail.leave();
    this.#remember(object, from);
  }

  #remember(object: object, from: Place): void {
    const to = this.sink.place;
    if (!this.sink.holds(from) || to.at - from.at < WORTH_REPEATING) return;
    this.#written ??= new Map();
    this.#written.set(object, { from, to, isClosed: this.#closed > 0 });
  }

  /** Writes an object again by copying the bytes written before. Returns whether this was possible. */
  #repeat(object: object): boolean {
    const written = this.#written?.get(object);
    if (written === undefined || !this.sink.holds(written.to)) return false;
    // The object may contain a task, which is refused inside a Map, Set or Error: the object must be walked again.
    if (this.#closed > 0 && !written.isClosed) return false;
    if (this.sink.place.at + written.to.at - written.from.at > MAX_REPEATED) throw this.fault("repeated");
    this.sink.repeat(written.from, written.to);
    return true;
  }

  /** Writes entries in the order of the keys' code units, independent of the order of insertion. */
  #entries(keys: readonly string[], values: PlainObject): void {
    this.sink.length(keys.length);
    for (const key of keys.length > 1 ? keys.toSorted() : keys) {
      this.sink.string(key);
      this.trail.at(key);
      this.#value(values[key]);
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.check(extraOfBuiltIn(map));
    this.#enterClosed(map);
    const digests: string[] = [];
    for (const [key, value] of map) {
      const place = 2 * digests.length;
      digests.push(this.sink.digestOf(() => {
        this.trail.at(place);
        this.#value(key);
        this.trail.at(place + 1);
        this.#value(value);
      }));
    }
    this.#unordered(TAG.map, digests);
    this.#leaveClosed();
  }

  #set(set: ReadonlySet<unknown>): void {
    this.check(extraOfBuiltIn(set));
    this.#enterClosed(set);
    const digests: string[] = [];
    for (const element of set) {
      this.trail.at(digests.length);
      digests.push(this.sink.digestOf(() => this.#value(element)));
    }
    this.#unordered(TAG.set, digests);
    this.#leaveClosed();
  }

  #unordered(tag: number, digests: string[]): void {
    this.sink.byte(tag);
    this.sink.length(digests.length);
    for (const digest of digests.sort()) this.sink.ascii(digest);
  }

  #view(view: ArrayBufferView<ArrayBuffer>): void {
    this.check(extraOfView(view));
    this.sink.byte(TAG.view);
    this.sink.string(viewName(view));
    this.#bytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #bytes(bytes: Uint8Array): void {
    this.sink.length(bytes.length);
    this.sink.raw(bytes);
  }

  #error(error: Error): void {
    const parts = this.errorParts(error);
    this.#enterClosed(error);
    this.sink.byte(TAG.error);
    this.sink.string(parts.name);
    this.sink.string(parts.message);
    const values: Record<string, unknown> = Object.create(null);
    for (const { key, value } of parts.fields) if (key !== "name") values[key] = value;
    this.#entries(Object.keys(values), values);
    this.#leaveClosed();
  }

  #generator(generator: GeneratorMark): void {
    this.sink.byte(TAG.generator);
    this.sink.string(generator.taskName);
    this.version(generator.version);
  }

  #wrapper(wrapper: Wrapper): void {
    const { hashAs } = wrapper;
    if (isSecret(wrapper) && this.#concealsSecrets) return this.sink.byte(CONCEALED);
    switch (hashAs.kind) {
      case "value":
        // The keys in a secret are secret, too.
        if (isSecret(wrapper)) this.trail.conceal();
        this.#value(hashAs.value);
        return this.trail.reveal();
      case "nothing":
        for (const node of hashAs.nodes ?? []) this.#noteOnly(node);
        return this.sink.byte(TAG.nothing);
      case "digest":
        this.sink.byte(TAG.digest);
        return this.sink.string(hashAs.digest);
      case "node":
        this.sink.byte(TAG.labelled);
        this.sink.string(hashAs.label);
        return this.node(hashAs.node);
    }
  }

  #selfHashing(value: SelfHashing): void {
    const said = value[HASH_METHOD]();
    if (typeof said !== "string") {
      throw new JugError(
        "usage",
        `${this.label === undefined ? "" : `${this.label}: `}the hash method of ${this.trail} returned ${
          said === null ? "null" : typeof said
        }, not a string`,
        { remedy: 'Return a string from its method [Symbol.for("jug.hash")](), not a promise' },
      );
    }
    this.sink.byte(TAG.selfHashing);
    this.sink.string(said);
    if (!isSelfValued(value)) return;
    // The function gets the value that replaces the object, so the tasks in that value are dependencies.
    for (const node of collectNodes(value, new Map()).values()) this.#noteOnly(node);
  }

  protected override enter(holder: object): void {
    if (this.trail.includes(holder)) throw this.fault("cycle");
    super.enter(holder);
  }

  #enterClosed(holder: object): void {
    this.enter(holder);
    this.#closed++;
  }

  #leaveClosed(): void {
    this.trail.leave();
    this.#closed--;
  }
}

function isUndefined(arg: unknown): boolean {
  if (arg === undefined) return true;
  if (arg === null || (typeof arg !== "object" && typeof arg !== "function")) return false;
  const found = kindOf(arg);
  return found.kind === "wrapper" && found.value.hashAs.kind === "value" && isUndefined(found.value.hashAs.value);
}
