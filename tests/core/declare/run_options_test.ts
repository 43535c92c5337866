import assert from "node:assert/strict";
import { runOptions } from "../../../core/declare/run_options.ts";
import { pauseAfter } from "../../../engine/task/task_runner.ts";

const LONGEST = 2 ** 31 - 1;

/** Returns the message with which `options` are refused. */
function refusal(options: unknown): string {
  try {
    Reflect.apply(runOptions, undefined, ["m.f", options]);
  } catch (error) {
    if (error instanceof Error && error.name === "JugError") return error.message;
    throw error;
  }
  return assert.fail(`${Deno.inspect(options)} was not refused`);
}

Deno.test("run options are kept as given, up to the largest numbers that a timer and shared memory can hold", () => {
  const most = {
    timeout: LONGEST,
    backoff: LONGEST,
    duration: LONGEST,
    retries: 3,
    concurrency: 2,
    rate: 0.5,
    resources: { gpu: LONGEST },
  };
  assert.deepEqual(runOptions("m.f", { name: "f", version: 2, ...most }), most);
  assert.equal(runOptions("m.f", { name: "f", version: "2" }), undefined);
});

Deno.test("larger times and amounts are refused when the function is declared, with a remedy", () => {
  const [over, days] = [LONGEST + 1, `${LONGEST} \\(24 days\\)`];
  const expected: readonly [options: unknown, message: RegExp][] = [
    [{ timeout: over }, new RegExp(`^m\\.f: option timeout is ${over}\\n  Give it .* up to ${days}, or leave it out`)],
    [{ timeout: Infinity }, /^m\.f: option timeout is Infinity\n.*leave it out for no limit$/],
    [{ backoff: over }, new RegExp(`^m\\.f: option backoff is ${over}\\n  Give it .* from 0 to ${days}$`)],
    [{ duration: 0 }, new RegExp(`^m\\.f: option duration is 0\\n  Give it .* above 0, up to ${days}$`)],
    [{ rate: 1e-7 }, /^m\.f: option rate is 1e-7\n {2}Give it .* at least one in 24 days$/],
    [
      { resources: { bytes: 3_000_000_000 } },
      new RegExp(`^m\\.f: option resources\\.bytes is 3000000000\\n.* 1 to ${LONGEST}; count in larger units`),
    ],
  ];
  for (const [options, message] of expected) assert.match(refusal(options), message);
});

Deno.test("unknown options and options of the wrong type are refused", () => {
  for (const name of ["toString", "constructor", "hasOwnProperty"]) {
    assert.equal(
      refusal({ [name]: 1 }),
      `m.f: there is no option "${name}"\n` +
        "  The options are name, version, secretArguments, timeout, retries, backoff, duration, concurrency, rate and resources",
    );
  }
  for (const resources of [[1], null, 1, new Map([["gpu", 1]])]) {
    assert.match(refusal({ resources }), /^m\.f: option resources is .*\n {2}Give it an object such as \{ gpu: 1 \}$/s);
  }
  for (const amount of [0, 1.5, "1", NaN]) {
    assert.match(refusal({ resources: { gpu: amount } }), /^m\.f: option resources\.gpu/);
  }
  for (const options of [{ timeout: "1" }, { timeout: 0 }, { retries: -1 }, { concurrency: 0 }, { rate: 0 }]) {
    const [key] = Object.keys(options);
    assert.ok(refusal(options).startsWith(`m.f: option ${key} is `));
  }
});

Deno.test("the pause doubles after each attempt, up to the longest time that a timer can wait", () => {
  assert.deepEqual([1, 2, 5].map((attempt) => pauseAfter(attempt, 1000)), [1000, 2000, 16_000]);
  // A timer with a longer delay fires after 1 ms.
  assert.equal(pauseAfter(40, 1000), 2 ** 31 - 1);
});
