/**
 * Lists the subcommands.
 *
 * @module
 */
import { check } from "./look/check.ts";
import { cleanup } from "./store/cleanup.ts";
import type { Command } from "./cli/command.ts";
import { copy } from "./store/copy.ts";
import { count } from "./look/count.ts";
import { demo } from "./setup/demo.ts";
import { execute } from "./run/execute.ts";
import { failures } from "./look/failures.ts";
import { init } from "./setup/init.ts";
import { invalidate } from "./store/invalidate.ts";
import { log } from "./look/log.ts";
import { pack } from "./store/pack.ts";
import { permissions } from "./setup/permissions.ts";
import { retry } from "./run/retry.ts";
import { shell } from "./shell/shell.ts";
import { sleepUntil } from "./run/sleep_until.ts";
import { status } from "./look/status.ts";
import { value } from "./look/value.ts";
import { version } from "./setup/version.ts";

/** All subcommands, in the order of the help. */
export const allCommands: readonly Command[] = [
  execute,
  status,
  check,
  sleepUntil,
  count,
  failures,
  log,
  retry,
  invalidate,
  cleanup,
  value,
  shell,
  pack,
  copy,
  permissions,
  init,
  demo,
  version,
];
