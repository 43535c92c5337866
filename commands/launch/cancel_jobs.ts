/**
 * `jug launch --cancel`: ends the workers. Those that run are asked to finish first.
 *
 * @module
 */
import { counted } from "../../core/counted.ts";
import type { Outcome } from "../cli/outcome.ts";
import type { Job } from "./job.ts";
import type { Launching } from "./launching.ts";

/** How often the scheduler is asked whether the workers have ended, in milliseconds. */
const ASK_MS = 3000;
/** How much longer than `--grace` they are waited for, in milliseconds: schedulers take a moment. */
const MARGIN_MS = 5000;

/** Ends the jobs of all names of the launch. */
export async function cancelJobs({ context, options, launch, adapter, scheduler }: Launching): Promise<Outcome> {
  const { names } = launch;
  const own = async () => (await scheduler.count()).filter(({ name }) => names.includes(name));
  if (adapter.knowsIds === false) {
    await scheduler.cancel(names, "all", []);
    context.stdout(`Cancelled the workers of ${launch.name}\n`);
    return { kind: "done" };
  }
  const jobs = await own();
  if (jobs.length === 0) {
    context.stdout(`No worker of ${launch.name} waits or runs\n`);
    return { kind: "done" };
  }
  await scheduler.cancel(names, "waiting", jobs);
  const running = jobs.filter(({ state }) => state === "running");
  let left: readonly Job[] = running;
  if (running.length > 0) {
    await scheduler.cancel(names, "drain", running);
    context.say(`${counted(running.length, "worker")} finish what ${running.length === 1 ? "it can" : "they can"}`);
    const end = performance.now() + options.graceMs + MARGIN_MS;
    for (left = await own(); left.length > 0 && performance.now() < end; left = await own()) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }
  // Also those that were requeued meanwhile, or began just now.
  if (left.length > 0) await scheduler.cancel(names, "all", left);
  const forced = left.filter(({ state }) => state === "running").length;
  const how = forced === 0 ? "" : `, ${forced} of them before they had ended by themselves`;
  context.stdout(`Cancelled ${counted(jobs.length, "worker")} of ${launch.name}${how}\n`);
  return { kind: "done" };
}
