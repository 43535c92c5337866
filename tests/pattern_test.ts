import assert from "node:assert/strict";
import { noMatchNotice, taskPattern } from "../core/pattern.ts";

const names = ["primes.isPrime", "primes.isPrimeTwo", "other.isPrime", "primes.count"];

function matching(text: string): string[] {
  return names.filter((name) => taskPattern(text).matches(name));
}

Deno.test("a full name means that task alone", () => {
  assert.deepEqual(matching("primes.isPrime"), ["primes.isPrime"]);
});

Deno.test("a bare function's name means it in every module, whole", () => {
  assert.deepEqual(matching("isPrime"), ["primes.isPrime", "other.isPrime"]);
  assert.deepEqual(matching("Prime"), []);
  assert.deepEqual(matching("primes"), []);
});

Deno.test("a dot in a name is a dot and nothing else", () => {
  assert.deepEqual(matching("primes.is.rime"), []);
  assert.deepEqual(matching("primesXcount"), []);
});

Deno.test("what stands between slashes is a regular expression, found anywhere", () => {
  assert.deepEqual(matching("/^primes\\.is/"), ["primes.isPrime", "primes.isPrimeTwo"]);
  assert.deepEqual(matching("/Prime$/"), ["primes.isPrime", "other.isPrime"]);
});

Deno.test("an empty pattern and an invalid expression are refused", () => {
  assert.throws(() => taskPattern(""), { kind: "usage", message: /'--target' is empty/ });
  assert.throws(() => taskPattern("/(/"), { kind: "usage", message: /invalid regular expression: \/\(\/\n/ });
});

Deno.test("where nothing matches, the names that there are get said", () => {
  assert.equal(
    noMatchNotice(taskPattern("isprime"), ["a.b", "a.b", "a.c"]),
    "no task matches isprime; there are a.b, a.c",
  );
  assert.match(noMatchNotice(taskPattern("x"), []), /declares none/);
});
