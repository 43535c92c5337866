/**
 * Chooses the adapter of a kind.
 *
 * @module
 */
import type { Adapter, Launch } from "../job.ts";
import type { LaunchOptions } from "../launch_options.ts";
import { command } from "./command.ts";
import { kubernetes } from "./kubernetes.ts";
import { local } from "./local.ts";
import { lsf } from "./lsf.ts";
import { pbs } from "./pbs.ts";
import { sge } from "./sge.ts";
import { slurm } from "./slurm.ts";
import { ssh } from "./ssh.ts";

/** Returns the adapter for a launch. */
export function adapterOf(options: LaunchOptions, launch: Launch): Adapter {
  switch (options.kind) {
    case "slurm":
      return slurm(launch);
    case "sge":
      return sge(launch);
    case "pbs":
      return pbs(launch);
    case "lsf":
      return lsf(launch);
    case "kubernetes":
      return kubernetes(launch, { image: options.image ?? "", volumes: options.volumes });
    case "local":
      return local(launch);
    case "ssh":
      return ssh(launch, options.hosts);
    case "command":
      return command(launch, { submit: options.submit ?? "", count: options.count, cancel: options.cancelWith });
  }
}
