/**
 * Every subcommand, in the order of the help.
 *
 * @module
 */
import { check } from "./check.ts";
import { cleanup } from "./cleanup.ts";
import type { Command } from "./command.ts";
import { count } from "./count.ts";
import { execute } from "./execute_options.ts";
import { invalidate } from "./invalidate.ts";
import { sleepUntil } from "./sleep_until.ts";
import { status } from "./status.ts";

/** Every subcommand. */
export const allCommands: readonly Command[] = [execute, status, check, sleepUntil, count, invalidate, cleanup];
