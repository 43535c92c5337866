/**
 * Rounds of tasks: one task, then two that need it, then the first task of the next round, which needs both.
 *
 * Arguments: the folder for notes, number of rounds, milliseconds per task.
 *
 * @module
 */
import { args, type Task, TaskGenerator } from "jug";
import { note, pause } from "./witness.ts";

const [notes = "", rounds = "1", ms = "0"] = args;

async function run(id: string): Promise<string> {
  note(notes, "begin", id);
  await pause(Number(ms));
  note(notes, "end", id);
  return id;
}

const start = TaskGenerator(function start(round: number, _before: string[]) {
  return run(`${round}-start`);
});
const runner = TaskGenerator(function runner(round: number, side: string, _start: string) {
  return run(`${round}-${side}`);
});

let before: Task<string>[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const started = start(round, before);
  before = ["left", "right"].map((side) => runner(round, side, started));
}
