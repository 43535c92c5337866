import assert from "node:assert/strict";
import { noMatchError } from "../../core/remedy/no_match.ts";
import { taskPattern } from "../../core/pattern.ts";

const names = ["primes.isPrime", "primes.isPrimeTwo", "other.isPrime", "primes.count"];

function matching(text: string): string[] {
  return names.filter((name) => taskPattern(text).matches(name));
}

Deno.test("a full name matches only tasks of that name", () => {
  assert.deepEqual(matching("primes.isPrime"), ["primes.isPrime"]);
});

Deno.test("a function name without a module matches that whole name in every module", () => {
  assert.deepEqual(matching("isPrime"), ["primes.isPrime", "other.isPrime"]);
  assert.deepEqual(matching("Prime"), []);
  assert.deepEqual(matching("primes"), []);
});

Deno.test("a dot in a name matches only a dot", () => {
  assert.deepEqual(matching("primes.is.rime"), []);
  assert.deepEqual(matching("primesXcount"), []);
});

Deno.test("text between slashes is a regular expression that may match anywhere in the name", () => {
  assert.deepEqual(matching("/^primes\\.is/"), ["primes.isPrime", "primes.isPrimeTwo"]);
  assert.deepEqual(matching("/Prime$/"), ["primes.isPrime", "other.isPrime"]);
});

Deno.test("an empty pattern and an invalid or unfinished regular expression are refused", () => {
  assert.throws(() => taskPattern(""), { kind: "usage", message: /'--target' is empty/ });
  assert.throws(() => taskPattern("/(/"), { kind: "usage", message: /invalid regular expression: \/\(\/\n/ });
  for (const text of ["/[", "/", "//", "/^primes", "/primes/i"]) {
    assert.throws(() => taskPattern(text), {
      kind: "usage",
      message: /unfinished regular expression: \/.*\n {2}End it/,
    });
  }
});

Deno.test("if no task matches, the error suggests the nearest name and lists the existing ones", () => {
  const message = (text: string, names: string[], more?: string) =>
    noMatchError(taskPattern(text), names, more).message;
  assert.equal(
    message("isprime", ["a.isPrime", "a.isPrime", "a.c"]),
    "no task matches isprime\n  Did you mean isPrime? There are tasks a.isPrime, a.c",
  );
  assert.equal(
    message("a.isPrim", ["a.isPrime", "b.c"]),
    "no task matches a.isPrim\n  Did you mean a.isPrime? There are tasks a.isPrime, b.c",
  );
  assert.equal(
    message("/x/", ["a.y"], "more may follow"),
    "no task matches /x/\n  There are tasks a.y; more may follow",
  );
  assert.equal(message("x", []), "no task matches x\n  The jugfile declares none");
});
