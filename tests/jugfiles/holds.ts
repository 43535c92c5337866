/**
 * Tasks that note when they begin, and end when the test allows it.
 *
 * Arguments: the folder for notes, then the tasks: `async:NAME`, `busy:NAME` (blocks its thread), `fail:NAME`,
 * `load:NAME` (not a task: the jugfile itself waits), or `barrier`. `async:NAME<OTHER` needs the result of OTHER.
 * `long:NAME` and `longbusy:NAME` are like `async` and `busy`, and declare that they take an hour. `retried:NAME` may
 * fail once; its notes name the attempt.
 *
 * @module
 */
import { args, barrier, type Task, taskContext, TaskGenerator } from "jug";
import { mayEnd, note, pause } from "./witness.ts";

const [notes = "", ...kinds] = args;

interface Held {
  readonly name: string;
  readonly pid: number;
  /** The process that computed the result that it needed. */
  readonly after: number | undefined;
}

const hold = TaskGenerator(async function hold(name: string, needed?: Held): Promise<Held> {
  note(notes, "begin", name);
  while (!mayEnd(notes, name)) {
    if (mayEnd(notes, `${name}.fails`)) throw new RangeError(`${name} was told to fail`);
    await pause(10);
  }
  note(notes, "end", name);
  return { name, pid: Deno.pid, after: needed?.pid };
});

const HOUR = { duration: 3_600_000 };

const long = TaskGenerator(async function long(name: string): Promise<Held> {
  note(notes, "begin", name);
  while (!mayEnd(notes, name)) await pause(10);
  note(notes, "end", name);
  return { name, pid: Deno.pid, after: undefined };
}, HOUR);

const retried = TaskGenerator(async function retried(name: string): Promise<Held> {
  const { attempt } = taskContext();
  note(notes, "begin", `${name}.${attempt}`);
  while (!mayEnd(notes, `${name}.${attempt}`)) await pause(10);
  if (attempt === 1) throw new RangeError(`${name} cannot be done at the first attempt`);
  return { name, pid: Deno.pid, after: undefined };
}, { retries: 1, backoff: 50 });

function block(name: string): Held {
  note(notes, "begin", name);
  for (let turn = 1; turn % 100_000 !== 0 || !mayEnd(notes, name); turn++);
  note(notes, "end", name);
  return { name, pid: Deno.pid, after: undefined };
}

const busy = TaskGenerator(function busy(name: string): Held {
  return block(name);
});

const longBusy = TaskGenerator(function longBusy(name: string): Held {
  return block(name);
}, HOUR);

const fail = TaskGenerator(function fail(name: string): Held {
  throw new RangeError(`${name} cannot be done`);
});

async function load(name: string): Promise<void> {
  note(notes, "begin", name);
  while (!mayEnd(notes, name)) await pause(10);
}

const tasks = new Map<string, Task<Held>>();
for (const text of kinds) {
  const [kind, rest = ""] = text.split(":", 2);
  const [name = "", needs] = rest.split("<", 2);
  const needed = needs === undefined ? undefined : tasks.get(needs);
  if (kind === "barrier") await barrier();
  else if (kind === "load") await load(name);
  else if (kind === "busy") tasks.set(name, busy(name));
  else if (kind === "long") tasks.set(name, long(name));
  else if (kind === "longbusy") tasks.set(name, longBusy(name));
  else if (kind === "retried") tasks.set(name, retried(name));
  else if (kind === "fail") tasks.set(name, fail(name));
  else tasks.set(name, needed === undefined ? hold(name) : hold(name, needed));
}
