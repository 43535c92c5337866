import assert from "node:assert/strict";
import { main } from "../../commands/main.ts";
import { describeOutcome, exitStatus, outcomeOfError } from "../../commands/cli/outcome.ts";
import { JugError } from "../../core/errors.ts";
import { fakeHost } from "../support/fake_host.ts";
import { runJug } from "../support/run_jug.ts";

Deno.test("main() prints help to stdout and returns 0", async () => {
  const host = fakeHost();
  assert.equal(await main(["help", "status"], host), 0);
  assert.match(host.written.stdout, /^Usage: jug status \[JUGFILE/);
  assert.equal(host.written.stderr, "");
});

Deno.test("main() prints a usage error with its remedy to stderr and returns 2", async () => {
  const host = fakeHost();
  assert.equal(await main(["execut"], host), 2);
  assert.equal(host.written.stderr, "jug: unknown subcommand 'execut'\n  Did you mean execute?\n");
  assert.equal(host.written.stdout, "");
});

Deno.test("main() refuses an unknown jugdir template before it loads anything", async () => {
  const host = fakeHost();
  assert.equal(await main(["status", "nowhere.ts", "--jugdir", "{x}"], host), 2);
  assert.match(host.written.stderr, /unknown template \{x\}/);
});

Deno.test("main() prints a note about options and addresses of Python's jug", async () => {
  const host = fakeHost();
  assert.equal(await main(["count", "nowhere.ts", "--will-cite", "--jugdir", "dict_store:"], host), 3);
  assert.match(host.written.stderr, /^--will-cite has no effect: .*\nthe jugdir dict_store: .* means memory: here\n/);
});

Deno.test("each kind of error has its exit status", () => {
  const status = (error: unknown) => exitStatus(outcomeOfError(error));
  assert.equal(status(new JugError("usage", "m")), 2);
  assert.equal(status(new JugError("jugfile", "m")), 3);
  assert.equal(status(new JugError("backend", "m")), 1);
  assert.equal(status(new JugError("missing", "m")), 1);
  assert.equal(status(new TypeError("m")), 1);
});

Deno.test("a usage error shows the stack only with debug", () => {
  const outcome = outcomeOfError(new JugError("usage", "no such thing", { remedy: "Do another" }));
  assert.equal(describeOutcome(outcome, false), "jug: no such thing\n  Do another\n");
  assert.match(describeOutcome(outcome, true), /^jug: no such thing\n {2}Do another\n(.|\n)*cli_test\.ts/);
});

Deno.test("an unexpected error is reported as a bug, with its stack", () => {
  const text = describeOutcome(outcomeOfError(new TypeError("oops")), false);
  assert.match(text, /this is a bug in jug(.|\n)*TypeError: oops\n +at .*cli_test\.ts/);
});

Deno.test("the error about a missing permission names the flag to add", () => {
  const error = new Deno.errors.NotCapable('Requires write access to "d", run again with the --allow-write flag');
  const text = describeOutcome(outcomeOfError(error), false);
  assert.match(text, /^jug: Deno refuses write access to "d": add the flag --allow-write=d\n$/);
});

Deno.test("each reason of an unfinished run is printed on its own line", () => {
  const outcome = { kind: "unfinished", reasons: ["one", "two"] } as const;
  assert.equal(describeOutcome(outcome, false), "jug: one\njug: two\n");
  assert.equal(exitStatus(outcome), 1);
  assert.equal(exitStatus({ kind: "interrupted", reasons: ["one"] }), 130);
});

Deno.test("help, version and usage errors need no permissions, and exit with 0, 0 and 2", async () => {
  const permissions: string[] = ["--deny-env", "--deny-sys", "--deny-read", "--deny-write", "--deny-net"];
  const [help, version, usage] = await Promise.all([
    runJug(["help", "execute"], { permissions }),
    runJug(["--version"], { permissions }),
    runJug(["statsu"], { permissions }),
  ]);
  assert.deepEqual([help.code, help.stderr], [0, ""]);
  assert.match(help.stdout, /--workers <n>/);
  assert.match(version.stdout, /^jug \d+\.\d+\.\d+\n$/);
  assert.equal(version.code, 0);
  assert.deepEqual([usage.code, usage.stdout], [2, ""]);
});
