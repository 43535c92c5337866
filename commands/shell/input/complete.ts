/**
 * Completes names at the prompt.
 *
 * @module
 */
import type { Scope } from "./scope.ts";

/** A name, or a path of names and indexes followed by a name to complete: `primes100[3].ca`. */
const PATH = /(?:^|[^\w$.\]])((?:[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*)\.)?([A-Za-z_$][\w$]*)?$/;

/** Returns the completions of `line`, and the part of it that they replace. Calls no getters but those of globals. */
export function complete(scope: Scope, line: string): [candidates: string[], part: string] {
  const match = PATH.exec(line);
  if (match === null) return [[], line];
  const [, path, start = ""] = match;
  const names = path === undefined ? namesInScope(scope, start) : membersAt(scope, path.slice(0, -1));
  const found = names.filter((name) => name.startsWith(start) && (start !== "" || !name.startsWith("_"))).sort();
  return [found, start];
}

function namesInScope(scope: Scope, start: string): string[] {
  const globals = start === "" ? [] : Object.getOwnPropertyNames(globalThis);
  return [...new Set(["await ", ...scope.names(), ...globals])];
}

function membersAt(scope: Scope, path: string): string[] {
  const [root = "", ...keys] = path.split(/[.[\]]+/).filter((key) => key !== "");
  let value = scope.names().includes(root) ? scope.get(root) : Reflect.get(globalThis, root);
  for (const key of keys) {
    if (!isObject(value)) return [];
    value = valueOfMember(value, key);
  }
  if (typeof value === "string") value = String.prototype;
  return isObject(value) ? memberNames(value) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null || typeof value === "function";
}

/** Returns the value of a member; `undefined` for a getter, which is not called, since it may have side effects. */
function valueOfMember(value: object, key: string): unknown {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    const member = Object.getOwnPropertyDescriptor(at, key);
    if (member !== undefined) return member.value;
  }
  return undefined;
}

function memberNames(value: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (/^[A-Za-z_$][\w$]*$/.test(name)) names.add(name);
  }
  names.delete("constructor");
  return [...names];
}
