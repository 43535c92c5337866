/**
 * Every subcommand, in the order of the help.
 *
 * @module
 */
import { check } from "./check.ts";
import { cleanup } from "./cleanup.ts";
import type { Command } from "./command.ts";
import { copy } from "./copy.ts";
import { count } from "./count.ts";
import { demo } from "./demo.ts";
import { execute } from "./execute_options.ts";
import { failures } from "./failures.ts";
import { init } from "./init.ts";
import { invalidate } from "./invalidate.ts";
import { log } from "./log.ts";
import { pack } from "./pack.ts";
import { permissions } from "./permissions.ts";
import { retry } from "./retry.ts";
import { shell } from "./shell.ts";
import { sleepUntil } from "./sleep_until.ts";
import { status } from "./status.ts";
import { value } from "./value.ts";
import { version } from "./version.ts";

/** Every subcommand. */
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
