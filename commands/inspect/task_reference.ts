/**
 * Finds the task that the user named, as in `primes.isPrime[3]`, `isPrime 3`, or the beginning of its hash.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { comparable, didYouMean } from "../../core/remedy/nearest.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";

/** The user's words for a task. */
export interface TaskReference {
  /** `primes.isPrime`, `isPrime`, or the beginning of a hash. */
  readonly name: string;
  /** The index among the tasks of that name, in order of declaration, counted from 0. */
  readonly index: number | undefined;
}

/** The minimum number of digits for the beginning of a hash. */
const LEAST_DIGITS = 4;
/** The maximum number of tasks or names that an error lists. */
const SHOWN = 10;

/**
 * Parses the words that name a task.
 *
 * @throws {JugError} of kind "usage" if they cannot name a task.
 */
export function taskReference([word, index]: readonly string[]): TaskReference {
  if (word === undefined) {
    throw new JugError("usage", "no task was named", {
      remedy: "Name one after the jugfile: 'primes.isPrime[3]', isPrime 3, or the beginning of its hash",
    });
  }
  const [, name = word, bracketed] = /^(.+)\[(\d+)\]$/.exec(word) ?? [];
  const digits = bracketed ?? index;
  if (bracketed !== undefined && index !== undefined || digits !== undefined && !/^\d+$/.test(digits)) {
    throw new JugError("usage", `${JSON.stringify([word, index].join(" "))} does not name a task`, {
      remedy: "Give a name and one index, counted from 0: 'primes.isPrime[3]' or primes.isPrime 3",
    });
  }
  return { name, index: digits === undefined ? undefined : Number(digits) };
}

/** Returns the beginning of a hash that may be meant, in lower case like hashes; `undefined` if it cannot be a hash. */
export function hashPrefix(reference: TaskReference): string | undefined {
  return isHexadecimal(reference) && reference.name.length >= LEAST_DIGITS ? reference.name.toLowerCase() : undefined;
}

function isHexadecimal({ name, index }: TaskReference): boolean {
  return index === undefined && /^[0-9a-f]{1,40}$/i.test(name);
}

/**
 * Returns the only one of `hashes`, which all begin with `prefix`; `undefined` if there is none.
 *
 * @throws {JugError} of kind "usage" if there are several.
 */
export function onlyHash(prefix: string, hashes: ReadonlySet<Hash>): Hash | undefined {
  const [first, ...others] = hashes;
  if (others.length === 0) return first;
  throw new JugError("usage", `${hashes.size} tasks have hashes that begin with ${prefix}`, {
    remedy: `Give more digits: ${some([...hashes])}`,
  });
}

/**
 * Returns the task of the jugfile that is meant.
 *
 * @throws {JugError} of kind "usage" if there is none, or if several may be meant.
 */
export function findTask(reference: TaskReference, inspection: Pick<Inspection, "tasks" | "barrier">): Hash {
  const [hash, ...others] = findTasks(reference, inspection);
  if (others.length === 0 && hash !== undefined) return hash;
  const name = inspection.tasks.find((task) => task.hash === hash)?.name ?? reference.name;
  throw new JugError("usage", `there are ${others.length + 1} tasks ${name}`, {
    remedy: `Give an index from 0 to ${others.length}: '${name}[0]' or ${name} 0`,
  });
}

/**
 * Returns the tasks of the jugfile that may be meant, at least one: without an index, all of the name.
 *
 * @throws {JugError} of kind "usage" if there are none, or if they have different names.
 */
export function findTasks(
  reference: TaskReference,
  inspection: Pick<Inspection, "tasks" | "barrier">,
): readonly Hash[] {
  const { name, index } = reference;
  const { tasks } = inspection;
  const prefix = hashPrefix(reference);
  const named = tasks.filter((task) => task.name === name || task.name.endsWith(`.${name}`));
  if (named.length === 0 && prefix !== undefined) {
    const hash = onlyHash(prefix, new Set(tasks.map((task) => task.hash).filter((hash) => hash.startsWith(prefix))));
    if (hash !== undefined) return [hash];
  }
  const names = [...new Set(named.map((task) => task.name))];
  if (names.length > 1) {
    throw new JugError("usage", `${name} is ambiguous: it may mean ${some(names)}`, {
      remedy: "Write the module's name as well",
    });
  }
  const found = named[index ?? 0];
  if (found === undefined || names[0] === undefined) {
    const what = index === undefined ? name : `${name}[${index}]`;
    throw new JugError("usage", `there is no task ${what}${noHash(reference)}`, {
      remedy: remedyFor(reference, inspection, named.length),
    });
  }
  return index === undefined ? named.map(({ hash }) => hash) : [found.hash];
}

/** Explains why the reference is not the beginning of a hash either; empty if it does not look like one. */
function noHash(reference: TaskReference): string {
  if (!isHexadecimal(reference)) return "";
  return hashPrefix(reference) === undefined
    ? `, and the beginning of a hash has at least ${LEAST_DIGITS} digits`
    : ", and no hash begins with it";
}

function remedyFor(
  { name }: TaskReference,
  inspection: Pick<Inspection, "tasks" | "barrier">,
  count: number,
): string {
  const notice = barrierNotice(inspection);
  const more = notice === undefined ? "" : `; ${notice}`;
  if (count > 0) return `There are ${count} of that name, counted from 0${more}`;
  const names = [...new Set(inspection.tasks.map((task) => task.name))];
  if (names.length === 0) return `The jugfile declares none${more}`;
  return `${didYouMean(name, comparable(name, names))}There are tasks ${some(names)}${more}`;
}

function some(texts: readonly string[]): string {
  return texts.slice(0, SHOWN).join(", ") + (texts.length > SHOWN ? ", …" : "");
}
