/**
 * Creates the errors for values that cannot be hashed or stored: they name the place, the reason and the remedy.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { type Found, type KindRule, KINDS } from "./kinds.ts";
import type { Fault, FaultKind } from "./members.ts";
import { keyStep, MAX_DEPTH, type MemberPath } from "./member_path.ts";

/** The purpose of a walk over a value. */
export type Use = "hash" | "store" | "search";

const DONE: Readonly<Record<Use, string>> = { hash: "hashed", store: "stored", search: "searched for tasks" };

const FAULTS: Readonly<Record<FaultKind, { readonly clause: string; readonly remedy: string }>> = {
  accessor: { clause: "is an accessor property (get or set)", remedy: "Use a plain copy, such as { ...value }" },
  hidden: { clause: "is a property that is not enumerable", remedy: "Use a plain copy with ordinary properties only" },
  symbolKey: { clause: "is a property under a symbol", remedy: "Use a string as its key" },
  hole: { clause: "is a hole in a sparse array", remedy: "Fill it: Array.from(array) puts undefined in the holes" },
  extra: {
    clause: "is an extra property on a built-in object",
    remedy: "Use a plain copy ([...array]), and a plain object for the other data",
  },
  notText: {
    clause: "is not a string, as an Error's name and message must be",
    remedy: "Make it a string, and put other data into a field such as `details`",
  },
  cycle: { clause: "refers back to an object that contains it", remedy: "Pass a tree, or the parts and their ids" },
  depth: {
    clause: `is nested more than ${MAX_DEPTH} levels deep`,
    remedy: "Use a flat list of parts that refer by index",
  },
  repeated: {
    clause: "is repeated so often that the whole value is larger than a gigabyte",
    remedy: "Pass it as a separate task: identity(value) is hashed once",
  },
  nodeInside: {
    clause: "is a task inside a Map, Set or Error, where it cannot be replaced by its result",
    remedy: "Pass an array or a plain object of tasks, and make the Map or Set inside the function",
  },
};

/** Returns the error for a value whose kind cannot be hashed or stored. */
export function refuseKind(use: Use, label: string | undefined, trail: MemberPath, found: Found): JugError {
  const rule: KindRule = KINDS[found.kind];
  const phrase = found.kind === "instance" ? `an instance of class ${className(found.value)}` : rule.phrase;
  return refusal(use, label, `${trail} is ${phrase}`, use === "hash" ? rule.hashRemedy : rule.storeRemedy);
}

/** Returns the error for a fault of an object's members. */
export function refuseFault(use: Use, label: string | undefined, trail: MemberPath, { fault, key }: Fault): JugError {
  const { clause, remedy } = FAULTS[fault];
  return refusal(use, label, `${trail}${trail.isConcealed ? "" : keyStep(key)} ${clause}`, remedy);
}

function refusal(use: Use, label: string | undefined, what: string, remedy: string | undefined): JugError {
  const message = `${label === undefined ? "" : `${label}: `}${what}, which cannot be ${DONE[use]}`;
  return new JugError("usage", message, remedy === undefined ? {} : { remedy });
}

function className(value: unknown): string {
  if (typeof value !== "object" || value === null) return "(anonymous)";
  const prototype: unknown = Object.getPrototypeOf(value);
  const name: unknown = typeof prototype === "object" && prototype !== null && "constructor" in prototype &&
      typeof prototype.constructor === "function"
    ? prototype.constructor.name
    : undefined;
  return typeof name === "string" && name !== "" ? name : "(anonymous)";
}
