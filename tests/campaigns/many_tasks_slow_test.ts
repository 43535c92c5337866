import { runTwice } from "../support/campaign/many_tasks.ts";

const count = Number(Deno.env.get("JUG_MANY_TASKS") ?? 300_000);

Deno.test(`${count} tasks are run, found finished by the next run, inspected and invalidated`, () =>
  runTwice(count, "sqlite:many.sqlite"));
