import { runTwice } from "../support/campaign/many_tasks.ts";

const count = Number(Deno.env.get("JUG_MANY_TASKS") ?? 300_000);

Deno.test(`${count} tasks are run, found finished by the next run, inspected and invalidated`, () =>
  runTwice(count, "sqlite:many.sqlite"));

// More than can be passed as arguments of one call.
Deno.test("150,000 tasks in memory, saved in a file, are run, found finished, inspected and invalidated", () =>
  runTwice(150_000, "memory:many.mem"));
