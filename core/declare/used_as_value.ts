/**
 * Rejects the conversion of tasks, tasklets, wrapped arguments and generators to text or a number. JavaScript converts
 * any object on demand, and different tasks would all become the same `[object Object]`.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { currentTask } from "../session/session.ts";

/** Returns the remedy for a task or tasklet that was used as a value. */
function remedyForLater(): string {
  // A running task cannot wait at a barrier. The task came in through `noLoad`, so it is finished.
  return currentTask() === undefined
    ? "Pass it to a task as an argument, or wait for its result: `await bvalue(it)`"
    : "Get its result: `await it.value()`";
}

/** Rejects the conversion of a task, tasklet or sequence to text or a number; `what` names it. */
export function refuseLater(what: string): never {
  throw refusal(what, remedyForLater());
}

/** Rejects the conversion of a wrapped argument to text or a number; `what` names it. */
export function refuseWrapped(what: string): never {
  throw refusal(what, "Pass it to a task as an argument, or use the wrapped value");
}

/** Makes the conversion of the generator `fn` to text or a number throw; otherwise its source would be the text. */
export function guardGenerator(fn: object, what: string): void {
  const refuse = () => {
    throw refusal(what, "Call it, and pass the task that the call returns");
  };
  Object.defineProperties(fn, { [Symbol.toPrimitive]: { value: refuse }, toString: { value: refuse } });
}

function refusal(what: string, remedy: string): JugError {
  return new JugError("usage", `${what} was used as a value`, { remedy });
}
