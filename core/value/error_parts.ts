/**
 * What makes up an Error, for hashing and for storing.
 *
 * @module
 */
import type { Fault } from "./members.ts";

/** A property of an error other than its message and stack. */
export interface ErrorField {
  readonly key: string;
  /** `cause` and `errors` are not, unless somebody assigned them. */
  readonly enumerable: boolean;
  readonly value: unknown;
}

/** An error taken apart. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: readonly ErrorField[];
}

/** Takes an error apart, or says what about it can be neither hashed nor stored. */
export function errorParts(error: Error): ErrorParts | Fault {
  const fields: ErrorField[] = [];
  for (const key of Object.getOwnPropertyNames(error)) {
    // The runtime has the stack under an accessor.
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

/** The runtime keeps state of its own under symbols: in a DOMException openly, elsewhere hidden. */
function userSymbol(error: Error): symbol | undefined {
  if (error instanceof DOMException) return undefined;
  return Object.getOwnPropertySymbols(error).find((key) => Object.prototype.propertyIsEnumerable.call(error, key));
}
