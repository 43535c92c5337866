/**
 * The common part of walks over a value. Hashing and storing are such walks: each value that one refuses is refused by the
 * other for the same reason and in the same words.
 *
 * @module
 */
import type { JugError } from "../errors.ts";
import { type ErrorParts, errorParts } from "./error_parts.ts";
import { type Found, type Hashable, isHashable, isStorable, kindOf, type PlainObject, type Storable } from "./kinds.ts";
import { elementFault, type Fault, type FaultKind, isFault, plainKeys } from "./members.ts";
import { refuseFault, refuseKind, type Use } from "./refusal.ts";
import { MAX_DEPTH, MemberPath } from "./member_path.ts";

/** Knows the path to the current value, and refuses what cannot be used. Subclasses decide what to do with the rest. */
export abstract class ValueWalk {
  protected readonly trail: MemberPath = new MemberPath();
  /** What the value is needed for. */
  protected use: Use;
  /** The prefix of messages. */
  protected label: string | undefined;

  constructor(use: Use, label: string | undefined) {
    this.use = use;
    this.label = label;
  }

  /** Returns `value` with its kind. @throws {JugError} (usage) A value of this kind cannot be hashed. */
  protected hashable(value: unknown): Hashable {
    const found = kindOf(value);
    if (isHashable(found)) return found;
    throw this.#refusal(found);
  }

  /** Returns `value` with its kind. @throws {JugError} (usage) A value of this kind cannot be stored. */
  protected storable(value: unknown): Storable {
    const found = kindOf(value);
    if (isStorable(found)) return found;
    throw this.#refusal(found);
  }

  #refusal(found: Found): JugError {
    return refuseKind(this.use, this.label, this.trail, found);
  }

  /** Returns an element, and notes the position. @throws {JugError} (usage) It is a hole or an accessor. */
  protected element(array: readonly unknown[], index: number): unknown {
    this.trail.at(index);
    const fault = elementFault(array, index);
    if (fault !== undefined) throw this.fault(fault);
    return array[index];
  }

  /** Returns the keys of a plain object in their own order. @throws {JugError} (usage) It has members that are lost. */
  protected keys(object: PlainObject): readonly string[] {
    const keys = plainKeys(object);
    if (isFault(keys)) throw this.#faultOf(keys);
    return keys;
  }

  /** Takes an error apart. @throws {JugError} (usage) It has members that are lost. */
  protected errorParts(error: Error): ErrorParts {
    const parts = errorParts(error);
    if (isFault(parts)) throw this.#faultOf(parts);
    return parts;
  }

  /** Refuses a value with a fault. */
  protected check(fault: Fault | undefined): void {
    if (fault !== undefined) throw this.#faultOf(fault);
  }

  /** Descends into `holder`. @throws {JugError} (usage) It is nested too deep. */
  protected enter(holder: object): void {
    if (this.trail.depth >= MAX_DEPTH) throw this.fault("depth");
    this.trail.enter(holder);
  }

  /** Returns the error for a fault of the current value. */
  protected fault(fault: FaultKind): JugError {
    return this.#faultOf({ fault, key: undefined });
  }

  #faultOf(fault: Fault): JugError {
    return refuseFault(this.use, this.label, this.trail, fault);
  }
}
