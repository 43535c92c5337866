/**
 * From what is declared to values: each task and tasklet replaced by its result. A task's arguments are copied throughout, so that
 * no task can see what another did to its own; what `value` gives holds everything else as it is.
 *
 * @module
 */
import { type Hash, isNode, type Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import { evaluateNodes, type LoadResults } from "./evaluate.ts";
import type { DeclaredTask } from "./session.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { restore, substitute } from "../value/substitution.ts";
import {
  collectNodes,
  isPlainObject,
  isWrappedArgument,
  type SharedValues,
  type WrappedArgument,
} from "../value/nodes_in.ts";

/** What a value is filled in with. */
interface Filling {
  /** The values of tasks and tasklets. */
  readonly values: ReadonlyMap<Hash, unknown>;
  readonly shared: SharedValues;
  /** What was copied: a copy holds one thing in as many places as the original does, as structured clone has it. */
  readonly copies: Map<object, unknown>;
  /** What becomes of what is neither a task, a wrapper, an array nor a plain object. */
  readonly other: (value: object, filling: Filling) => unknown;
}

/**
 * `value` with each task and tasklet in it replaced by what `values` holds. Arrays and plain objects are copied for that; everything
 * else is the very same.
 */
export function substituteNodes(value: unknown, values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown {
  return fillIn(value, { values, shared, copies: new Map(), other: asItIs });
}

function fillIn(value: unknown, filling: Filling): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isNode(value)) return filling.values.get(value.hash);
  if (isWrappedArgument(value)) return unwrapArgument(value, filling);
  const known = filling.copies.get(value);
  if (known !== undefined) return known;
  const copy = copyHolder(value, filling);
  filling.copies.set(value, copy);
  return copy;
}

function copyHolder(value: object, filling: Filling): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, filling));
  if (isSelfValued(value)) return fillIn(value[VALUE_METHOD](), filling);
  if (!isPlainObject(value)) return filling.other(value, filling);
  const copy: Record<string, unknown> = Object.getPrototypeOf(value) === null ? Object.create(null) : {};
  for (const key of Object.keys(value)) {
    // Not an assignment: a key `__proto__` would change the prototype.
    Object.defineProperty(copy, key, {
      value: fillIn(value[key], filling),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

function asItIs(value: object): unknown {
  return value;
}

/** What may be an argument holds no tasks here, but may hold wrapped values. */
function copyOther(value: object, filling: Filling): unknown {
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [fillIn(k, filling), fillIn(v, filling)]));
  if (value instanceof Set) return new Set([...value].map((item) => fillIn(item, filling)));
  if (isSelfHashing(value)) return value;
  // Structured clone alone would drop what an error holds, and more: a copy is to be what a stored result would be.
  return restore(structuredClone(substitute(value)));
}

function isSelfHashing(value: object): boolean {
  return Symbol.for("jug.hash") in value;
}

function unwrapArgument({ unwrap }: WrappedArgument, filling: Filling): unknown {
  switch (unwrap.kind) {
    case "raw":
      return unwrap.value;
    case "value":
      return fillIn(unwrap.value, { ...filling, copies: new Map(), other: asItIs });
    case "shared": {
      const { shared } = filling;
      if (!shared.has(unwrap.key)) {
        shared.set(unwrap.key, fillIn(unwrap.value, { ...filling, copies: new Map() }));
      }
      return shared.get(unwrap.key);
    }
  }
}

/** The arguments that the function of `task` is called with; at once where they hold no results. */
export function resolveArguments(
  task: DeclaredTask,
  load: LoadResults,
  shared: SharedValues,
): unknown[] | Promise<unknown[]> {
  const given = task.compound?.runArgs ?? task.args;
  const nodes = collectNodes(given, shared);
  if (nodes.size === 0) return copyFilled(given, NO_VALUES, shared);
  requireDeclared(task, nodes);
  return evaluateNodes(nodes.values(), load).then((values) => copyFilled(given, values, shared));
}

/** A copy of arguments, in which nothing is shared with them, with each task and tasklet replaced by what `values` holds. */
function copyFilled(args: readonly unknown[], values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown[] {
  const filling: Filling = { values, shared, copies: new Map(), other: copyOther };
  return args.map((arg) => fillIn(arg, filling));
}

const NO_VALUES: ReadonlyMap<Hash, unknown> = new Map();

/**
 * An array that was given to a task and changed afterwards may hold tasks that nobody waits for, even the task itself:
 * a cycle that its hash cannot show.
 */
function requireDeclared(task: DeclaredTask, nodes: ReadonlyMap<Hash, Node>): void {
  const declared = new Set(task.dependencies.map((node) => node.hash));
  for (const node of nodes.values()) {
    if (declared.has(node.hash)) continue;
    throw new JugError(
      "usage",
      node.hash === task.hash
        ? `${task.name} depends on itself: it was put into its own arguments after it was declared`
        : `${task.name}: its arguments were changed after it was declared; they now hold ${node.name}`,
      { remedy: "Give each task an array or object of its own, and do not change it afterwards" },
    );
  }
}
