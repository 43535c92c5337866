import { runTwice } from "../support/campaign/many_tasks.ts";

// More than can be passed as arguments of one call.
Deno.test("150,000 tasks are run, found finished by the next run, inspected and invalidated", () =>
  runTwice(150_000, "memory:many.mem"));
