/**
 * Suggests the name that is most similar to a mistyped one.
 *
 * @module
 */
import { closestMatch } from "npm:leven@4";

/** Returns "Did you mean isPrime? ", or "" if none of `names` is similar to `word`. Ignores case. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const known = new Map([...names].map((name) => [name.toLowerCase(), name]));
  const maxDistance = Math.max(2, Math.floor(word.length / 3));
  const nearest = known.get(closestMatch(word.toLowerCase(), [...known.keys()], { maxDistance }) ?? "");
  return nearest === undefined ? "" : `Did you mean ${nearest}? `;
}

/**
 * Returns the names with which to compare `word`: `names` (such as `primes.isPrime`) if `word` contains a dot,
 * otherwise only their last parts.
 */
export function comparable(word: string, names: readonly string[]): Set<string> {
  return new Set(word.includes(".") ? names : names.map((name) => name.slice(name.lastIndexOf(".") + 1)));
}
