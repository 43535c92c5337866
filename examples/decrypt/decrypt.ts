/**
 * Brute force: which key of five letters turns secret.bin into a text that contains a known word?
 *
 * Twelve million keys are too many for one task each, so each task tries all keys that begin with one letter:
 *
 *     jug execute decrypt.ts --workers auto
 *     deno run -A print_results.ts
 *
 * @module
 */
import { TaskGenerator } from "jug";
import { combine, findKnown } from "./crypt.ts";

const KEY_LENGTH = 5;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const A = LETTERS.charCodeAt(0);

const secret = await Deno.readFile(new URL("secret.bin", import.meta.url));
const known = new TextEncoder().encode("Lighthouse");

/** A matching key, and the text that it gives. */
export interface Solution {
  readonly key: string;
  readonly text: string;
}

const tryKeys = TaskGenerator(function tryKeys(first: string): Solution[] {
  const solutions: Solution[] = [];
  const key = new Uint8Array(KEY_LENGTH).fill(A);
  key[0] = first.charCodeAt(0);
  do {
    if (findKnown(secret, key, known) < 0) continue;
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    solutions.push({ key: decode(key), text: decode(combine(secret, key)) });
  } while (advance(key));
  return solutions;
});

/** Advances to the next key with the same first letter. Returns `false` after the last one. */
function advance(key: Uint8Array): boolean {
  for (let at = key.length - 1; at > 0; at--) {
    const letter = (key[at] ?? 0) + 1;
    if (letter < A + LETTERS.length) {
      key[at] = letter;
      return true;
    }
    key[at] = A;
  }
  return false;
}

const join = TaskGenerator(function join(parts: Solution[][]): Solution[] {
  return parts.flat();
});

/** All matching keys. */
export const solutions = join([...LETTERS].map((letter) => tryKeys(letter)));
