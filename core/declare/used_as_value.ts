/**
 * What stands for a value that comes later is not the value. JavaScript turns any object into text or a number when asked to, and
 * three different tasks would be one `[object Object]`.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { currentTask } from "../session/session.ts";

/** The remedies for a task or tasklet that was used as a value. */
function remedyForLater(): string {
  // Inside a running task there is no barrier: what came by `noLoad` is finished.
  return currentTask() === undefined
    ? "Pass it on to a task as an argument, or wait for its result: `await bvalue(it)`"
    : "Ask for its result: `await it.value()`";
}

/** Refuses to turn a task, tasklet or sequence into text or a number; `what` says which. */
export function refuseLater(what: string): never {
  throw refusal(what, remedyForLater());
}

/** Refuses to turn a wrapped argument into text or a number. */
export function refuseWrapped(what: string): never {
  throw refusal(what, "Pass it on to a task as an argument, or use what was wrapped");
}

/** Makes the generator `fn` refuse to be turned into text or a number: its source would be the text. */
export function guardGenerator(fn: object, what: string): void {
  const refuse = () => {
    throw refusal(what, "Call it, and pass on the task that the call gives");
  };
  Object.defineProperties(fn, { [Symbol.toPrimitive]: { value: refuse }, toString: { value: refuse } });
}

function refusal(what: string, remedy: string): JugError {
  return new JugError("usage", `${what} was used as a value`, { remedy });
}
