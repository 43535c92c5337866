/**
 * Implements `jug launch`.
 *
 * @module
 */
import { counted } from "../../core/counted.ts";
import { resolve } from "node:path";
import { isMemoryAddress } from "../../backends/scheme.ts";
import { JugError } from "../../core/errors.ts";
import { resourcePool } from "../../engine/limits/resource_pool.ts";
import type { CommandContext, OptionValues } from "../cli/command.ts";
import { type Inspection, requireTasks } from "../cli/inspection.ts";
import type { Outcome } from "../cli/outcome.ts";
import { executeOptions } from "../run/execute_options.ts";
import { adapterOf } from "./adapters/adapter_of.ts";
import { cancelJobs } from "./cancel_jobs.ts";
import type { Launch } from "./job.ts";
import { jobName } from "./job_name.ts";
import type { LaunchOptions } from "./launch_options.ts";
import type { Launching } from "./launching.ts";
import { launchPlace } from "../deno_flags/launch_place.ts";
import { listJobs } from "./list_jobs.ts";
import { runProgram, Scheduler } from "./scheduler.ts";
import { JugdirLook } from "./watch/jugdir_look.ts";
import { missing } from "./watch/watch_state.ts";
import { watchLaunch } from "./watch/watch_launch.ts";
import { workerCommand } from "./worker_command.ts";

/** What the user asks for. */
export interface LaunchRequest {
  readonly options: LaunchOptions;
  /** What follows `--`, for the scheduler. */
  readonly extra: readonly string[];
  readonly values: OptionValues;
}

/** Does what the user asks for. */
export async function runLaunch(context: CommandContext, request: LaunchRequest): Promise<Outcome> {
  const { options } = request;
  if (isMemoryAddress(context.jugdir)) {
    throw new JugError("usage", "jug launch cannot be used with a jugdir in memory", {
      remedy: "Use a folder that the workers share, sqlite: on one machine, or redis:",
    });
  }
  switch (options.action) {
    case "list":
      return await listJobs(launchingOf(context, request, NO_WORKER));
    case "cancel":
      return await cancelJobs(launchingOf(context, request, NO_WORKER));
    case "print": {
      const { adapter } = launchingOf(context, request, await workerCommand(context, request));
      context.stdout(adapter.submit({ count: options.max, jobs: [] }).script);
      return { kind: "done" };
    }
    case "submit":
    case "watch":
      return await submitWorkers(context, request);
  }
}

/** How long a worker takes to end after `--grace`, in milliseconds. */
const ENDING_MS = 5000;

/** Stands for the command line of a worker where none is submitted. */
const NO_WORKER = { program: "", words: "" };

function launchingOf(
  context: CommandContext,
  { options, extra }: LaunchRequest,
  worker: { readonly program: string; readonly words: string },
): Launching {
  const place = launchPlace(context.jugdir, context.jugfile, options.logs);
  const { className, classes } = options;
  const name = jobName(place.address, className);
  // Listing and cancelling concern all classes, unless one is named.
  const others = className === "" ? Object.keys(classes).map((each) => jobName(place.address, each)) : [];
  const launch: Launch = {
    name,
    names: [name, ...others],
    folder: resolve(options.folder ?? "."),
    logs: place.logs,
    about: [`A worker of jug for ${context.jugfile}, with results in ${place.address}`],
    ...worker,
    seconds: options.timeMs === undefined ? undefined : Math.ceil(options.timeMs / 1000),
    grace: Math.ceil((options.graceMs + ENDING_MS) / 1000),
    workers: options.workers,
    extra: [...classes[className] ?? [], ...extra],
  };
  const adapter = adapterOf(options, launch);
  const scheduler = new Scheduler({ adapter, name, run: runProgram, debug: context.debug });
  return { context, options, launch, adapter, scheduler };
}

async function submitWorkers(context: CommandContext, request: LaunchRequest): Promise<Outcome> {
  const { options } = request;
  const worker = await workerCommand(context, request);
  const launching = launchingOf(context, request, worker);
  const inspection = await context.inspect();
  try {
    await requireTasks(context, inspection);
    await makePlaces(context, launching.launch);
    const look = lookOf(inspection, request, launching.launch);
    if (options.action === "watch") return await watchLaunch(launching, look);
    return await submitOnce(launching, look);
  } finally {
    await inspection.close();
  }
}

/** Creates the jugdir, so that its folder of logs is not taken for something else, and that folder. */
async function makePlaces({ jugdir }: CommandContext, { logs }: Launch): Promise<void> {
  const { openBackend } = await import("../../backends/open.ts");
  await (await openBackend(jugdir, { create: true })).close();
  await Deno.mkdir(logs, { recursive: true });
}

function lookOf(inspection: Inspection, { options, values }: LaunchRequest, { name }: Launch): JugdirLook {
  const { resources } = executeOptions(values);
  return new JugdirLook(inspection, {
    isWanted: (task) => options.target === undefined || options.target.matches(task),
    pool: resourcePool(resources, Date.now()),
    name,
  }, () => performance.now());
}

async function submitOnce({ context, options, launch, scheduler }: Launching, look: JugdirLook): Promise<Outcome> {
  const jobs = (await scheduler.count()).filter(({ name, state }) => name === launch.name && state !== "ending");
  const seen = await look.look();
  const count = missing(jobs, { ...seen, perSecond: undefined }, { ...options, everyMs: 0 });
  const there = jobs.length === 0 ? "" : `, ${jobs.length} are there already`;
  if (count === 0) {
    context.stdout(
      `No worker is needed: ${counted(seen.ready, "task")} ${seen.ready === 1 ? "is" : "are"} ready${there}\n`,
    );
    return { kind: "done" };
  }
  const { taken, refusal } = await scheduler.submit(count, jobs);
  if (taken.length > 0) {
    context.stdout(
      `Submitted ${counted(taken.length, "worker")} as ${launch.name} for ${
        counted(seen.ready, "ready task")
      }${there}\n`,
    );
    context.say(`they write what they print to ${launch.logs}`);
  }
  if (refusal === undefined) return { kind: "done" };
  return { kind: "unfinished", reasons: [`${count - taken.length} of ${count} workers were refused: ${refusal}`] };
}
