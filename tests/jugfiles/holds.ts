/**
 * Tasks that begin when they like and end when the test says so.
 *
 * Arguments: the folder for notes, then the tasks: `async:NAME`, `busy:NAME` (hears nothing while it runs), `fail:NAME`,
 * `load:NAME` (no task: the jugfile itself waits), or `barrier`. `async:NAME<OTHER` needs the result of OTHER.
 *
 * @module
 */
import { args, barrier, type Task, TaskGenerator } from "jug";
import { mayEnd, note, pause } from "./witness.ts";

const [notes = "", ...kinds] = args;

interface Held {
  readonly name: string;
  readonly pid: number;
  /** By which process the result it needed was made. */
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

const busy = TaskGenerator(function busy(name: string): Held {
  note(notes, "begin", name);
  for (let turn = 1; turn % 100_000 !== 0 || !mayEnd(notes, name); turn++);
  note(notes, "end", name);
  return { name, pid: Deno.pid, after: undefined };
});

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
  else if (kind === "fail") tasks.set(name, fail(name));
  else tasks.set(name, needed === undefined ? hold(name) : hold(name, needed));
}
