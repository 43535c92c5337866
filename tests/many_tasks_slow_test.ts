import { runTwice } from "./support/many_tasks.ts";

Deno.test("1,000,000 tasks are run, found finished by the next run, looked at and invalidated", () =>
  runTwice(1_000_000, "sqlite:many.sqlite"));
