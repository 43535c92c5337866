/**
 * Declares the tasks of mapreduce. Each makes several calls of the user's functions.
 *
 * @module
 */
import { currentSession, type TaskDefinition } from "../session/session.ts";
import { declareTask } from "../declare/task.ts";
import type { AnyFunction, Task } from "../types.ts";
import { concealed } from "../declare/secret.ts";
import { call, requireArguments } from "./callee.ts";

/** Declares a task that maps each of its inputs. */
export function declareMap(mapper: TaskDefinition, operation: "map" | "currymap", inputs: unknown): Task<unknown> {
  const spread = operation === "currymap";
  return declareBlock(
    `jug.mapreduce.${operation}(${mapper.name})`,
    [mapper],
    hidden(mapper, inputs, spread),
    (given) => {
      return mapAll(mapper, listed(given), spread);
    },
  );
}

/** Declares a task that reduces its inputs to one value. */
export function declareReduce(reducer: TaskDefinition, inputs: unknown): Task<unknown> {
  return declareBlock(`jug.mapreduce.reduce(${reducer.name})`, [reducer], hidden(reducer, inputs, false), (given) => {
    return reduceAll(reducer, listed(given));
  });
}

/** Declares a task that maps each of its inputs and reduces the outputs to one value. */
export function declareMapReduce(reducer: TaskDefinition, mapper: TaskDefinition, inputs: unknown): Task<unknown> {
  const name = `jug.mapreduce(${reducer.name}, ${mapper.name})`;
  return declareBlock(name, [reducer, mapper], hidden(mapper, inputs, false), async (given) => {
    return await reduceAll(reducer, await mapAll(mapper, listed(given), false));
  });
}

/**
 * Declares a task of one block. All blocks of one name use the same function, that of the first block in the session.
 * This is correct because the name contains the names of the user's functions, and each of these belongs to one
 * function only.
 */
function declareBlock(
  name: string,
  callees: readonly TaskDefinition[],
  inputs: unknown,
  work: (inputs: unknown) => Promise<unknown>,
): Task<unknown> {
  const fn: AnyFunction = currentSession().names.get(name) ?? work;
  const code = callees.map((callee) => callee.fn);
  return declareTask({ name, version: versionOf(callees), fn, code }, [inputs]);
}

/**
 * Wraps those of the inputs that are secret arguments of the callee.
 *
 * @param spread Whether each input is a list of arguments
 */
function hidden({ secretArguments }: TaskDefinition, inputs: unknown, spread: boolean): unknown {
  if (!Array.isArray(inputs)) return inputs;
  const isAnySecret = secretArguments === true || Array.isArray(secretArguments) && secretArguments.includes(true);
  if (!isAnySecret) return inputs;
  return inputs.map((input: unknown) =>
    spread && Array.isArray(input) ? concealed(secretArguments, input) : concealed(true, [input])[0]
  );
}

function versionOf(callees: readonly TaskDefinition[]): string | undefined {
  if (callees.every(({ version }) => version === undefined)) return undefined;
  return JSON.stringify(callees.map(({ version }) => version ?? null));
}

async function mapAll(mapper: TaskDefinition, inputs: readonly unknown[], spread: boolean): Promise<unknown[]> {
  const outputs: unknown[] = [];
  for (const [i, input] of inputs.entries()) {
    const args = spread ? requireArguments(`jug.mapreduce.currymap(${mapper.name})`, input, `its input ${i}`) : [input];
    outputs.push(await call(mapper, args));
  }
  return outputs;
}

async function reduceAll(reducer: TaskDefinition, [first, ...rest]: readonly unknown[]): Promise<unknown> {
  let reduced = first;
  for (const next of rest) reduced = await call(reducer, [reduced, next]);
  return reduced;
}

function listed(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError("The inputs of a block are not an array");
}
