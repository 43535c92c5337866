import { runTwice } from "../support/campaign/many_tasks.ts";

// So many are too many to be the arguments of one call.
Deno.test("150,000 tasks are run, found finished by the next run, looked at and invalidated", () =>
  runTwice(150_000, "memory:many.mem"));
