/**
 * Runs one `jug execute`: the main thread coordinates, workers in threads or processes run the tasks.
 *
 * @module
 */
import { openBackend } from "../../backends/open.ts";
import { Coordinator } from "./coordinator.ts";
import { makeOwner } from "../results/owner.ts";
import type { RunRequest, RunSummary } from "./run_request.ts";
import { renewRegularly } from "../results/renewal.ts";
import type { Attributes } from "../telemetry/api.ts";
import { isTelemetryOn } from "../telemetry/is_on.ts";
import type { RunTelemetry } from "./run_telemetry.ts";

/**
 * Runs tasks until all are finished or cannot be.
 *
 * @throws {JugError} if the backend cannot be opened.
 */
export async function run(request: RunRequest): Promise<RunSummary> {
  if (!isTelemetryOn()) return await runWith(request, undefined);
  const { beginRun } = await import("./run_telemetry.ts");
  const telemetry = beginRun("jug execute", attributesOf(request), request.trace);
  return await telemetry.around(() => runWith(request, telemetry));
}

/** Returns what a collector learns of a run. The arguments of the jugfile are left out: they may hold secrets. */
function attributesOf({ jugfile, workers, isolation, options }: RunRequest): Attributes {
  const url = URL.canParse(jugfile) ? new URL(jugfile) : undefined;
  return {
    "jug.jugfile": url?.host ? `${url.origin}${url.pathname}` : jugfile,
    "jug.workers": workers,
    "jug.isolated": isolation !== undefined,
    ...options.target === undefined ? {} : { "jug.target": options.target },
  };
}

async function runWith(request: RunRequest, telemetry: RunTelemetry | undefined): Promise<RunSummary> {
  const backend = request.backend ?? await openBackend(request.address, {
    create: true,
    durable: request.options.durable ?? false,
  });
  const coordinator = new Coordinator(request, backend, telemetry);
  try {
    await request.onOpen?.(backend);
    const owner = makeOwner(request.leaseMs, request.optionText);
    telemetry?.opened(backend.address, owner);
    const membership = await (telemetry?.traced(backend) ?? backend).join(owner);
    const stopRenewing = renewRegularly(membership, request.leaseMs, (error) => {
      request.warn(`the lease could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
    });
    try {
      await coordinator.run(owner);
    } finally {
      stopRenewing();
      await membership.leave();
    }
    await coordinator.callHooks("execute.finished_pre_status");
    await request.onOver(coordinator.summary());
    await coordinator.callHooks("execute.finished_post_status");
    return coordinator.summary();
  } finally {
    await coordinator.end();
    await backend.close();
  }
}
