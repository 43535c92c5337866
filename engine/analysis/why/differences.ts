/**
 * Compares the recorded arguments of a former call with those of a task.
 *
 * @module
 */
import { isWrapper } from "../../../core/brand.ts";
import { isSelfValued, VALUE_METHOD } from "../../../core/self_valued.ts";
import { keyStep } from "../../../core/value/member_path.ts";
import {
  isRecordedList,
  isSpecial,
  type Recorded,
  type RecordedArguments,
  type SpecialParts,
} from "../../../core/value/recorded/form.ts";
import { ArgumentRecorder } from "../../../core/value/recorded/recorder.ts";
import type { Difference } from "./answer.ts";

/** A call: as it was recorded, or as it is. */
export interface Call {
  readonly version: string | undefined;
  readonly args: RecordedArguments;
}

/** More differences are not told apart: the two calls have little in common. */
const MOST_DIFFERENCES = 50;

/**
 * Returns how `is` differs from `was`, in the order of the arguments.
 *
 * @param given The arguments of `is` themselves, to look into what was recorded by its digest only. Default: unknown.
 */
export function differencesOf(was: Call, is: Call, given?: readonly unknown[]): readonly Difference[] {
  const comparison = new Comparison();
  if (was.version !== is.version) comparison.found.push({ kind: "version", was: was.version, is: is.version });
  if (isRecordedList(was.args) && isRecordedList(is.args)) {
    const count = Math.max(was.args.length, is.args.length);
    for (let i = 0; i < count; i++) {
      comparison.compare(was.args[i], is.args[i], `argument ${i + 1}`, known(given === undefined ? [] : [given[i]]));
    }
  } else comparison.compare(was.args, is.args, "the list of arguments", known(given === undefined ? [] : [given]));
  return comparison.found;
}

/** Whether a secret is recorded anywhere in a value. */
export function holdsSecret(value: Recorded): boolean {
  return JSON.stringify(value).includes('{"$":["secret"]}');
}

/** A value itself, if it is known. */
type Known = { readonly value: unknown } | undefined;

function known(values: readonly unknown[]): Known {
  return values.length === 0 ? undefined : { value: values[0] };
}

class Comparison {
  readonly found: Difference[] = [];
  readonly #recorder = new ArgumentRecorder();

  compare(was: Recorded | undefined, is: Recorded | undefined, path: string, given: Known): void {
    if (this.found.length >= MOST_DIFFERENCES || JSON.stringify(was) === JSON.stringify(is)) return;
    if (was === undefined || is === undefined) return this.#differs(was, is, path);
    if (isRecordedList(was) && isRecordedList(is)) return this.#lists(was, is, path, given);
    const [former, present] = [partsOf(was), partsOf(is)];
    if (former === undefined && present === undefined) return this.#objects(was, is, path, given);
    if (former !== undefined && present !== undefined) return this.#specials(former, present, path, given);
    this.#closer(was, is, path, given);
  }

  #differs(was: Recorded | undefined, is: Recorded | undefined, path: string): void {
    this.found.push({ kind: "value", path, was, is });
  }

  #lists(was: readonly Recorded[], is: readonly Recorded[], path: string, given: Known): void {
    const list = unwrapped(given);
    // If elements were inserted or removed, all that follow would differ.
    if (was.length !== is.length) this.#differs(was.length, is.length, `${path}.length`);
    const before = this.found.length;
    for (let i = 0; i < Math.min(was.length, is.length); i++) {
      this.compare(was[i], is[i], `${path}[${i}]`, memberOf(list, i));
    }
    if (was.length !== is.length && this.found.length > before + 1) this.found.length = before;
  }

  #objects(was: Recorded, is: Recorded, path: string, given: Known): void {
    if (!isRecord(was) || !isRecord(is)) return this.#closer(was, is, path, given);
    const object = unwrapped(given);
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      this.compare(own(was, key), own(is, key), `${path}${keyStep(key)}`, memberOf(object, key));
    }
  }

  #specials(was: SpecialParts, is: SpecialParts, path: string, given: Known): void {
    const [kind] = was;
    if (kind === "task" && is[0] === "task" && was[1] === is[1]) {
      this.found.push({ kind: "task", path, name: is[1], was: was[2], is: is[2], because: undefined });
    } else if (kind === "tasklet" && is[0] === "tasklet" && isSameOperation(was, is)) {
      for (const [i, base] of (is[3] ?? []).entries()) this.compare(was[3]?.[i], base, path, undefined);
    } else if (kind === "labelled" && is[0] === "labelled" && was[1] === is[1]) {
      this.compare(was[2], is[2], path, given);
    } else if (kind === "map" && is[0] === "map" || kind === "object" && is[0] === "object") {
      this.#entries(was[1], is[1], path, kind === "map");
    } else if (was[0] === "cut" || is[0] === "cut") this.#closer({ $: was }, { $: is }, path, given);
    else this.#differs({ $: was }, { $: is }, path);
  }

  #entries(
    was: readonly (readonly [Recorded, Recorded])[],
    is: readonly (readonly [Recorded, Recorded])[],
    path: string,
    isMap: boolean,
  ): void {
    const [former, present] = [was, is].map((entries) =>
      new Map(entries.map(([key, value]) => [JSON.stringify(key), value]))
    );
    for (const key of new Set([...former?.keys() ?? [], ...present?.keys() ?? []])) {
      const step = isMap ? `.get(${key})` : keyStep(String(JSON.parse(key)));
      this.compare(former?.get(key), present?.get(key), `${path}${step}`, undefined);
    }
  }

  /** Compares two values that are recorded in different ways: how one is recorded depends on what is beside it. */
  #closer(was: Recorded, is: Recorded, path: string, given: Known): void {
    if (given === undefined || isCut(was) === isCut(is)) return this.#differs(was, is, path);
    if (isCut(was)) {
      if (JSON.stringify(this.#recorder.recordClosed(given.value)) !== JSON.stringify(was)) {
        this.#differs(was, is, path);
      }
      return;
    }
    // Alone, it has more room.
    const alone = this.#recorder.record([given.value]);
    const opened = alone !== undefined && isRecordedList(alone) ? alone[0] : undefined;
    if (opened === undefined || isCut(opened)) return this.#differs(was, is, path);
    this.compare(was, opened, path, given);
  }
}

function partsOf(value: Recorded): SpecialParts | undefined {
  return isSpecial(value) ? value.$ : undefined;
}

function isCut(value: Recorded): boolean {
  return isSpecial(value) && value.$[0] === "cut";
}

function isRecord(value: Recorded): value is Readonly<Record<string, Recorded>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(object: Readonly<Record<string, Recorded>>, key: string): Recorded | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether two tasklets make the same of their bases, as far as that is recorded, so that only these differ. */
function isSameOperation(
  was: Extract<SpecialParts, readonly ["tasklet", ...unknown[]]>,
  is: Extract<SpecialParts, readonly ["tasklet", ...unknown[]]>,
): boolean {
  const [former, present] = [was[3], is[3]];
  return was[1] === is[1] && former !== undefined && former.length === present?.length &&
    JSON.stringify(former) !== JSON.stringify(present);
}

/** Returns what is recorded in place of a wrapped value, or one that has a value of its own. */
function unwrapped(given: Known): unknown {
  let value = given?.value;
  for (;;) {
    if (isWrapper(value) && value.hashAs.kind === "value") value = value.hashAs.value;
    else if (typeof value === "object" && value !== null && isSelfValued(value)) value = value[VALUE_METHOD]();
    else return value;
  }
}

function memberOf(holder: unknown, key: string | number): Known {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return { value: Reflect.get(holder, key) };
}
