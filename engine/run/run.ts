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

/**
 * Runs tasks until all are finished or cannot be.
 *
 * @throws {JugError} if the backend cannot be opened.
 */
export async function run(request: RunRequest): Promise<RunSummary> {
  const backend = request.backend ?? await openBackend(request.address, {
    create: true,
    durable: request.options.durable ?? false,
  });
  const coordinator = new Coordinator(request, backend);
  try {
    await request.onOpen?.(backend);
    const owner = makeOwner(request.leaseMs, request.optionText);
    const membership = await backend.join(owner);
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
    coordinator.end();
    await backend.close();
  }
}
