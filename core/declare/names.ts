/**
 * Names of tasks: `module.function`, as in `primes.isPrime`. The name is part of the hash under which a result is
 * stored, so each name belongs to one function.
 *
 * @module
 */
import { types } from "node:util";
import { callerOf, moduleName } from "../caller.ts";
import { JugError } from "../errors.ts";
import { refuseOption } from "../known_options.ts";
import { currentSession, type Session } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/** The options by which a user sets a function's name and version. */
export interface NameOptions {
  readonly name?: string | undefined;
  readonly version?: string | number | undefined;
}

/** Options of {@linkcode qualifiedName}. */
export interface Naming extends NameOptions {
  /** Whether the maker takes an option `name`, so that a message can suggest it. Default: false. */
  readonly takesName?: boolean;
  /** Whether `fn` may be a generator function, as for a value that is never stored. Default: false. */
  readonly mayIterate?: boolean;
}

/** A task's name and version. */
export interface QualifiedName {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * Returns the name of `fn`, with the module that called `callee`, and the version as text.
 *
 * @param callee The public function that was called with `fn`, to find the user's module.
 * @param maker Its name, for messages.
 * @param prefix Goes between the module and the function's name.
 * @throws {JugError} of kind "usage" if `fn` is not a function or is a class, has no name, is a generator function that
 * is not allowed, or if the name or version is of a wrong type.
 */
export function qualifiedName(
  callee: AnyFunction,
  maker: string,
  fn: unknown,
  options: Naming,
  prefix = "",
): QualifiedName {
  requireFunction(maker, fn, options.mayIterate ?? false);
  const given: unknown = options.name;
  if (given !== undefined && typeof given !== "string") refuseOption(maker, "name", given, "a string");
  const place = callerOf(callee);
  const own = options.name ?? fn.name;
  if (own === "" || own === "default") {
    const where = place === undefined ? "" : ` (${place.file}:${place.line})`;
    throw new JugError("usage", `${maker} was given a function without a name${where}`, {
      remedy: options.takesName
        ? `Name it, ${maker}(function isPrime(n) { … }), or pass a name in the options, { name: "isPrime" }: ` +
          "results are stored under the name"
        : "Name it, as in function isPrime(n) { … } or const isPrime = (n) => …: results are stored under the name",
    });
  }
  // A function that two modules give to jug belongs to the first.
  const { modules } = currentSession();
  if (place !== undefined && modules?.has(fn) === false) modules.set(fn, place.file);
  const module = (place === undefined ? undefined : moduleName(place.file)) ?? "script";
  const name = `${module}.${prefix}${own}`;
  return { name, version: versionText(name, options.version) };
}

function requireFunction(maker: string, fn: unknown, mayIterate: boolean): asserts fn is AnyFunction {
  if (typeof fn !== "function") {
    throw new JugError("usage", `${maker} takes a function, but got ${fn === null ? "null" : typeof fn}`, {
      remedy: `Write ${maker}(function isPrime(n) { … })`,
    });
  }
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    throw new JugError("usage", `${maker} takes a function, but got the class ${fn.name || "(anonymous)"}`, {
      remedy: "Write a function that creates the instance and returns its plain data",
    });
  }
  if (types.isGeneratorFunction(fn) && !mayIterate) {
    throw new JugError(
      "usage",
      `${maker} takes a function that returns its result, but ${
        fn.name || "this one"
      } is a generator function (function*)`,
      { remedy: "Return a list: `[...g()]`, or `await Array.fromAsync(g())` if it is asynchronous" },
    );
  }
}

/** Returns the version as text, the form in which it is hashed. */
function versionText(owner: string, version: unknown): string | undefined {
  if (version === undefined || typeof version === "string") return version;
  if (typeof version === "number" && Number.isFinite(version)) return String(version);
  return refuseOption(owner, "version", version, "a string or a finite number");
}

/**
 * Registers `fn` as the owner of `name` in this session.
 *
 * @throws {JugError} of kind "usage" if another function owns the name: the two would share results.
 */
export function claimName(session: Session, name: string, fn: AnyFunction): void {
  const holder = session.names.get(name);
  if (holder === fn) return;
  if (holder !== undefined) {
    throw new JugError("usage", `two different functions are both named ${name}; they would share results`, {
      remedy: `Rename one, or pass another name, as in TaskGenerator(fn, { name: "${name.split(".").at(-1)}2" })`,
    });
  }
  session.names.set(name, fn);
}
