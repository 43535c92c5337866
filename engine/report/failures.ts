/**
 * The failures of a report: similar ones grouped, with stack and output of one of each group.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { ReportFailedTask, ReportFailureGroup, ReportFailures } from "../../web/data/report_data.ts";
import { type FailureGroup, groupFailures, type ListedFailure } from "../results/failure_group.ts";
import { decodeFailure, type Failure, failureMessage, type FoundFailure, readFailures } from "../results/failures.ts";

/** The most failures that are read. Each is a record of its own, with the output of its task. */
const READ = 20_000;
/** The most groups. */
const GROUPS = 50;
/** The most tasks of a group. */
const TASKS = 20;
/** The most characters of a message, a stack and the end of an output. */
const MESSAGE = 2000;
const STACK = 4000;
const LOG = 4000;
/** The most characters of arguments. */
const ARGUMENTS = 200;

/** Reads the failures and groups them. */
export async function failuresOf(backend: Backend, showsArguments: boolean): Promise<ReportFailures> {
  let count = 0;
  async function* firstOnes(): AsyncGenerator<FoundFailure> {
    for await (const found of readFailures(backend)) {
      yield found;
      if (++count >= READ) return;
    }
  }
  const { groups, damaged, newer } = await groupFailures(firstOnes());
  const all = count < READ ? count : await countFailures(backend);
  const shown = await Promise.all(
    groups.slice(0, GROUPS).map(async (group): Promise<ReportFailureGroup> => {
      const example = await exampleOf(group, backend);
      return {
        count: group.failures.length,
        error: group.error.slice(0, MESSAGE),
        message: beginning(failureMessage(group), MESSAGE),
        stack: beginning(example?.stack || (group.failures[0]?.frames ?? []).join("\n"), STACK),
        log: example?.log === undefined || example.log === "" ? null : end(example.log, LOG),
        tasks: group.failures.slice(0, TASKS).map((failure) => failedTask(failure, showsArguments)),
      };
    }),
  );
  return {
    count: Math.max(count, all),
    groups: shown,
    leftOut: groups.length - shown.length,
    unread: Math.max(0, all - count),
    unreadable: damaged + newer,
  };
}

async function countFailures(backend: Backend): Promise<number> {
  let count = 0;
  for await (const entries of backend.listFailures()) count += entries.length;
  return count;
}

/** Reads the first failure of a group again. Meanwhile it may have been removed. */
async function exampleOf({ failures: [first] }: FailureGroup, backend: Backend): Promise<Failure | undefined> {
  const [bytes] = first === undefined ? [] : await backend.loadFailures([first.hash]);
  const record = bytes && decodeFailure(bytes);
  return record?.kind === "failure" ? record.failure : undefined;
}

function failedTask(failure: ListedFailure, showsArguments: boolean): ReportFailedTask {
  const { hash, task, args, time, host, pid, attempt, kept } = failure;
  return {
    hash,
    name: task,
    args: showsArguments ? beginning(args, ARGUMENTS) : null,
    time,
    host: host ?? null,
    pid: pid ?? null,
    attempt,
    isKept: kept,
  };
}

function beginning(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Returns the last lines of a text. */
function end(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(-length);
  const line = cut.indexOf("\n") + 1;
  return `…\n${line > 0 && line < cut.length ? cut.slice(line) : cut}`;
}
