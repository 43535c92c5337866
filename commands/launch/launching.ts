/**
 * A launch, ready to talk to its scheduler.
 *
 * @module
 */
import type { CommandContext } from "../cli/command.ts";
import type { Adapter, Launch } from "./job.ts";
import type { LaunchOptions } from "./launch_options.ts";
import type { Scheduler } from "./scheduler.ts";

/** A launch, with everything that submits its workers. */
export interface Launching {
  readonly context: CommandContext;
  readonly options: LaunchOptions;
  readonly launch: Launch;
  readonly adapter: Adapter;
  readonly scheduler: Scheduler;
}
