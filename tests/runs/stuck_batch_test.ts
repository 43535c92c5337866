import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Project } from "../support/project.ts";
import { withProject } from "../support/project.ts";

const COUNT = 300;
/** One of the tasks blocks its thread until the file "go" exists. The others take no time, so they are claimed with it. */
const STEPS = `import { TaskGenerator } from "jug";
import { existsSync } from "node:fs";
const step = TaskGenerator(function step(n: number) {
  Deno.writeTextFileSync("ran", n + "\\n", { append: true });
  if (n === 250) {
    Deno.writeTextFileSync("stuck", "");
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync("go")) Atomics.wait(cell, 0, 0, 10);
  }
  return n;
});
export const steps = Array.from({ length: ${COUNT} }, (_, n) => n).map((n) => step(n));
`;

function ran({ folder }: Project): number[] {
  return Deno.readTextFileSync(`${folder}/ran`).trim().split("\n").map(Number);
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function check(project: Project, commands: readonly string[], jugdir: string): Promise<void> {
  const [first = "", ...later] = commands;
  const running = [project.startJug(first)];
  await until(() => existsSync(`${project.folder}/stuck`));
  for (const command of later) running.push(project.startJug(command));
  await until(() => ran(project).length >= COUNT);
  assert.equal(existsSync(`${project.folder}/go`), false);
  project.write("go", "");
  for (const { result } of running) assert.equal((await result).code, 0);
  const sorted = ran(project).toSorted((one, other) => one - other);
  assert.deepEqual(sorted, Array.from({ length: COUNT }, (_, n) => n), "each task ran once");
  if (jugdir !== "memory:") assert.equal((await project.jug(`check steps.ts --jugdir ${jugdir}`)).code, 0);
}

for (const jugdir of ["steps.jugdata", "sqlite:steps.jugdb", "memory:"]) {
  Deno.test(`tasks claimed together with one that blocks its thread run in another worker: ${jugdir}`, () =>
    withProject(
      { "steps.ts": STEPS },
      (project) => check(project, [`execute steps.ts -j 2 --jugdir ${jugdir}`], jugdir),
    ));
}

/** A script that runs its tasks in its own main thread. */
const SCRIPT = STEPS.replace("import {", "import { execute, setJugdir,") + `await execute();\n`;

Deno.test("tasks claimed together with one that blocks the main thread of a script run in another process", () =>
  withProject(
    { "steps.ts": SCRIPT.replace("export const", 'setJugdir("steps.jugdata");\nexport const') },
    async (project) => {
      const running = [project.script("steps.ts")];
      await until(() => existsSync(`${project.folder}/stuck`));
      running.push(project.script("steps.ts"));
      await until(() => ran(project).length >= COUNT);
      project.write("go", "");
      for (const result of running) assert.equal((await result).code, 0);
      assert.equal(new Set(ran(project)).size, COUNT);
      assert.equal(ran(project).length, COUNT);
    },
  ));

for (const jugdir of ["steps.jugdata", "sqlite:steps.jugdb"]) {
  Deno.test(`tasks claimed together with one that blocks its thread run in another process: ${jugdir}`, () =>
    withProject({ "steps.ts": STEPS }, (project) => {
      const execute = `execute steps.ts --jugdir ${jugdir}`;
      return check(project, [execute, execute], jugdir);
    }));
}
