/**
 * Splits an Error into its parts, for hashing and for storing.
 *
 * @module
 */
import type { Fault } from "./members.ts";

/** A property of an error other than its message and stack. */
export interface ErrorField {
  readonly key: string;
  /** Whether the property is enumerable. `cause` and `errors` are not, unless the user assigned them. */
  readonly enumerable: boolean;
  readonly value: unknown;
}

/** The parts of an error. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: readonly ErrorField[];
}

/** Returns the parts of an error, or the reason why it can be neither hashed nor stored. */
export function errorParts(error: Error): ErrorParts | Fault {
  const fields: ErrorField[] = [];
  for (const key of Object.getOwnPropertyNames(error)) {
    // The runtime defines the stack as an accessor.
    if (key === "stack") continue;
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property === undefined) continue;
    if (property.get !== undefined || property.set !== undefined) return { fault: "accessor", key };
    if (key === "message") continue;
    fields.push({ key, enumerable: property.enumerable === true, value: property.value });
  }
  const symbol = userSymbol(error);
  if (symbol !== undefined) return { fault: "symbolKey", key: symbol };
  const name: unknown = error.name;
  if (typeof name !== "string") return { fault: "notText", key: "name" };
  const message: unknown = error.message;
  if (typeof message !== "string") return { fault: "notText", key: "message" };
  return {
    name,
    message,
    stack: typeof error.stack === "string" ? error.stack : undefined,
    fields,
  };
}

/**
 * Returns a symbol key that the user set, if any. The runtime keeps its own state under symbols: enumerable ones in a
 * DOMException, non-enumerable ones in other errors.
 */
function userSymbol(error: Error): symbol | undefined {
  if (error instanceof DOMException) return undefined;
  return Object.getOwnPropertySymbols(error).find((key) => Object.prototype.propertyIsEnumerable.call(error, key));
}
