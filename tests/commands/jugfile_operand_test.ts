import assert from "node:assert/strict";
import { subcommands } from "../../commands/subcommands.ts";
import { splitWords } from "../../commands/cli/jugfile_operand.ts";
import { prepare } from "../../commands/cli/invocation.ts";
import { parseCommandLine } from "../../commands/cli/parse.ts";
import { isJugError } from "../../core/errors.ts";

/** Returns the jugfile that a command line means, followed by the jugfile's arguments. */
function parse(line: string) {
  const found = parseCommandLine(line.split(" "), subcommands, "1.2.3");
  if (found.kind !== "run") assert.fail(`was shown: ${found.text}`);
  const { jugfile, args } = prepare(found, subcommands);
  return [jugfile, ...args];
}

function refusal(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (isJugError(error) && error.kind === "usage") return error.message;
    throw error;
  }
  return assert.fail(`${line} was not refused`);
}

Deno.test("the first word is the jugfile if it looks like a module name, or if there is one word too many", () => {
  for (
    const [line, jugfile, ...operands] of [
      ["", "jugfile.ts"],
      ["sum", "jugfile.ts", "sum"],
      ["rows 0.name", "jugfile.ts", "rows", "0.name"],
      ["rows.0.name", "jugfile.ts", "rows.0.name"],
      ["isPrime 3", "jugfile.ts", "isPrime", "3"],
      ["primes.isPrime[3]", "jugfile.ts", "primes.isPrime[3]"],
      ["/^primes/", "jugfile.ts", "/^primes/"],
      ["/a/b/", "jugfile.ts", "/a/b/"],
      ["primes.ts", "primes.ts"],
      ["primes.mjs sum", "primes.mjs", "sum"],
      ["./primes sum", "./primes", "sum"],
      ["a\\primes sum", "a\\primes", "sum"],
      ["/home/ann/primes sum", "/home/ann/primes", "sum"],
      ["https://host/primes sum", "https://host/primes", "sum"],
      ["data:text/javascript,1", "data:text/javascript,1"],
      ["primes rows 0", "primes", "rows", "0"],
    ]
  ) {
    const words = (line ?? "").split(" ").filter((word) => word !== "");
    assert.deepEqual(splitWords(words, { count: 2 }), { jugfile, operands }, line);
  }
});

Deno.test("value, log, invalidate and permissions use jugfile.ts if no jugfile is named", () => {
  assert.deepEqual(parse("value sum"), ["jugfile.ts"]);
  assert.deepEqual(parse("value sum -- 99"), ["jugfile.ts", "99"]);
  assert.deepEqual(parse("log get 0"), ["jugfile.ts"]);
  assert.deepEqual(parse("log primes.ts get 0"), ["primes.ts"]);
  assert.deepEqual(parse("invalidate isPrime"), ["jugfile.ts"]);
  assert.deepEqual(parse("invalidate primes.ts isPrime"), ["primes.ts"]);
  assert.deepEqual(parse("invalidate primes.ts --target isPrime -- 20"), ["primes.ts", "20"]);
  assert.deepEqual(parse("permissions status"), ["jugfile.ts"]);
  // A subcommand that works without a jugfile takes the jugfile's place.
  assert.deepEqual(parse("permissions init folder"), ["init"]);
});

Deno.test("invalidate takes one pattern, as a word or as --target", () => {
  assert.match(refusal("invalidate primes.ts"), /^no task was named\n {2}Write jug invalidate \[JUGFILE\] PATTERN/);
  assert.match(
    refusal("invalidate primes.ts 20 --target isPrime"),
    /^'20' and --target both name tasks\n {2}.*follow --/,
  );
});
