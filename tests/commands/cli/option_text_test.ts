import assert from "node:assert/strict";
import { optionText } from "../../../commands/cli/option_text.ts";
import { execute } from "../../../commands/run/execute.ts";

Deno.test("the options of a process are shown as they were given, in the order of their declarations", () => {
  const values = { waitCycleTime: "0.5", workers: "4", keepGoing: true, checkEnvironment: false, check: false };
  assert.equal(
    optionText(execute.options, values),
    "--workers 4 --keep-going --wait-cycle-time 0.5 --no-check-environment",
  );
});

Deno.test("options that were not given, and those of other subcommands, are left out", () => {
  assert.equal(optionText(execute.options, { checkEnvironment: true, jugdir: "x", json: true }), undefined);
  assert.equal(optionText(execute.options, { target: "x".repeat(5000) })?.length, 1000);
});
