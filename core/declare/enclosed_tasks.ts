/**
 * Finds tasks in places where they cannot be replaced by their results.
 *
 * @module
 */
import { isNode, type Node } from "../brand.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { isPlainObject } from "../value/kinds.ts";

interface Visit {
  readonly value: unknown;
  /** Whether the value is inside a Map, a Set or an Error. */
  readonly isEnclosed: boolean;
}

/**
 * Returns a task or tasklet inside a Map, a Set or an Error in `root`, at any depth of these, of arrays and of plain
 * objects; `undefined` if there is none.
 */
export function enclosedNode(root: unknown): Node | undefined {
  const pending: Visit[] = [{ value: root, isEnclosed: false }];
  // A value that is not hashed may be of any kind, and may contain cycles.
  const seen = new Map<object, boolean>();
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { value, isEnclosed } = visit;
    if (typeof value !== "object" || value === null) continue;
    if (isNode(value)) {
      if (isEnclosed) return value;
      continue;
    }
    const before = seen.get(value);
    if (before === isEnclosed || before === true) continue;
    seen.set(value, isEnclosed);
    const encloses = value instanceof Map || value instanceof Set || value instanceof Error;
    for (const member of membersOf(value)) pending.push({ value: member, isEnclosed: isEnclosed || encloses });
  }
  return undefined;
}

function membersOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Error) return Object.getOwnPropertyNames(value).map((key) => Reflect.get(value, key));
  if (isSelfValued(value)) return [value[VALUE_METHOD]()];
  return isPlainObject(value) ? Object.values(value) : [];
}
