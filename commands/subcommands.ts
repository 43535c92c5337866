/**
 * Lists the subcommands.
 *
 * @module
 */
import { check } from "./inspect/check.ts";
import { cleanup } from "./change/cleanup.ts";
import type { Command } from "./cli/command.ts";
import { completions } from "./setup/completions.ts";
import { config } from "./setup/config.ts";
import { copy } from "./change/copy.ts";
import { count } from "./inspect/count.ts";
import { demo } from "./setup/demo.ts";
import { execute } from "./run/execute.ts";
import { failures } from "./inspect/failures.ts";
import { graph } from "./report/graph.ts";
import { init } from "./setup/init.ts";
import { installSkills } from "./setup/install_skills.ts";
import { invalidate } from "./change/invalidate.ts";
import { launch } from "./launch/launch.ts";
import { log } from "./inspect/log.ts";
import { pack } from "./change/pack.ts";
import { permissions } from "./permissions/permissions.ts";
import { report } from "./report/report.ts";
import { retry } from "./run/retry.ts";
import { shell } from "./shell/shell.ts";
import { sleepUntil } from "./run/sleep_until.ts";
import { stale } from "./change/stale.ts";
import { status } from "./inspect/status.ts";
import { tasks } from "./inspect/tasks.ts";
import { times } from "./times/times.ts";
import { upgrade } from "./change/upgrade.ts";
import { value } from "./inspect/value.ts";
import { version } from "./setup/version.ts";
import { webstatus } from "./webstatus/webstatus.ts";
import { why } from "./inspect/why.ts";

/** All subcommands, in the order of the help. */
export const subcommands: readonly Command[] = [
  execute,
  launch,
  status,
  check,
  sleepUntil,
  count,
  tasks,
  times,
  failures,
  why,
  log,
  graph,
  webstatus,
  report,
  retry,
  stale,
  invalidate,
  cleanup,
  value,
  shell,
  pack,
  copy,
  upgrade,
  permissions,
  config,
  completions,
  init,
  demo,
  installSkills,
  version,
];
