/**
 * What somebody may have meant who mistyped a name.
 *
 * @module
 */
import { closestMatch } from "npm:leven@4";

/** "Did you mean isPrime? ", empty where none of `names` is near. Upper and lower case make no difference. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const known = new Map([...names].map((name) => [name.toLowerCase(), name]));
  const maxDistance = Math.max(2, Math.floor(word.length / 3));
  const nearest = known.get(closestMatch(word.toLowerCase(), [...known.keys()], { maxDistance }) ?? "");
  return nearest === undefined ? "" : `Did you mean ${nearest}? `;
}

/** Of names such as `primes.isPrime` those to compare `word` with: the last parts alone, where it is no whole name. */
export function comparable(word: string, names: readonly string[]): Set<string> {
  return new Set(word.includes(".") ? names : names.map((name) => name.slice(name.lastIndexOf(".") + 1)));
}
