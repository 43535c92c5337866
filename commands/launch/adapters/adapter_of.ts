/**
 * Chooses the adapter of a kind.
 *
 * @module
 */
import type { Adapter, Launch } from "../job.ts";
import type { LaunchOptions } from "../launch_options.ts";
import { command } from "./command.ts";
import { local } from "./local.ts";
import { slurm } from "./slurm.ts";
import { ssh } from "./ssh.ts";

/** Returns the adapter for a launch. */
export function adapterOf(options: LaunchOptions, launch: Launch): Adapter {
  switch (options.kind) {
    case "slurm":
      return slurm(launch);
    case "local":
      return local(launch);
    case "ssh":
      return ssh(launch, options.hosts);
    case "command":
      return command(launch, { submit: options.submit ?? "", count: options.count, cancel: options.cancelWith });
  }
}
