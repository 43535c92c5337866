/**
 * `secret`: arguments that are neither recorded nor printed.
 *
 * @module
 */
import { inspect } from "node:util";
import { SECRET, type WrapperHash } from "../brand.ts";
import { refuseOption } from "../known_options.ts";
import type { Secret, TaskOptions, Wrapped } from "../types.ts";
import type { Unwrap, WrappedArgument } from "../value/tasks_in_value.ts";
import { refuseWrapped } from "./used_as_value.ts";

/** A secret. What it holds is not a property that a printer or `JSON.stringify` would find. */
class SecretObject implements WrappedArgument {
  declare readonly "jug.kind": "wrapper";
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  get wrapper(): string {
    return SECRET;
  }

  get hashAs(): WrapperHash {
    return { kind: "value", value: this.#value };
  }

  get unwrap(): Unwrap {
    return { kind: "value", value: this.#value, isCopied: true };
  }

  toString(): never {
    return refuseWrapped(SECRET);
  }

  [Symbol.toPrimitive](): never {
    return this.toString();
  }

  toJSON(): string {
    return SECRET;
  }

  [inspect.custom](): string {
    return SECRET;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return SECRET;
  }
}
Object.defineProperty(SecretObject.prototype, "jug.kind", { value: "wrapper" });

/**
 * Wraps an argument that jug must neither store nor print: a password, a token, a patient's name. In records of results
 * and failures, in listings, logs and messages it is shown as `secret`. If the function throws an error with the text
 * of the secret in it, or prints the text, the text is replaced in what is recorded. The result of the function is
 * stored as it is, and so are the sources of the jugfile: read secrets from the environment or from a file.
 *
 * The function gets `x`. The hash of the task is the same as without `secret`. So a short secret could be guessed from
 * the hash of its task: `secret(noHash(x))` keeps it out of the hash, too.
 *
 * @param x A value, a task, or another wrapped argument.
 *
 * @example Usage
 * ```ts
 * import { noHash, secret, TaskGenerator } from "jug";
 *
 * const download = TaskGenerator(async function download(url: string, token: string) {
 *   const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
 *   return await response.text();
 * });
 *
 * download("https://example.com/", secret(noHash(Deno.args[0] ?? "")));
 * ```
 *
 * @category Arguments
 */
export function secret<A>(x: Wrapped<A>): Wrapped<A>;
/**
 * Wraps an argument that jug must neither store nor print.
 *
 * @category Arguments
 */
export function secret<T>(x: T): Secret<T>;
export function secret(x: unknown): unknown {
  return new SecretObject(x);
}

/** The option of a TaskGenerator that says which arguments are secret. */
export type SecretArguments = TaskOptions["secretArguments"];

/**
 * Checks the option.
 *
 * @throws {JugError} of kind "usage" if it is neither a boolean nor a list of booleans.
 */
export function requireSecretArguments(owner: string, option: unknown): void {
  if (isSecretArguments(option)) return;
  refuseOption(owner, "secretArguments", option, "true, or a list with true or false for each parameter");
}

function isSecretArguments(option: unknown): option is SecretArguments {
  if (option === undefined || typeof option === "boolean") return true;
  return Array.isArray(option) && option.every((item) => typeof item === "boolean");
}

/** Returns the option of a generator, of this copy of the library or another. */
export function secretArgumentsOf(generator: object): SecretArguments {
  const option: unknown = "secretArguments" in generator ? generator.secretArguments : undefined;
  return isSecretArguments(option) ? option : undefined;
}

/** Returns the arguments of a call, with `secret` around those that the option says are secret. */
export function concealed(option: SecretArguments, args: readonly unknown[]): readonly unknown[] {
  if (option === undefined || option === false) return args;
  return args.map((arg, i) => option === true || option[i] === true ? new SecretObject(arg) : arg);
}
