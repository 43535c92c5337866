/**
 * Kills processes repeatedly.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type RunningJug, startJug } from "../run_jug.ts";

const PROCESSES = 3;
/** After this many kills no further process is killed, so that slow machines finish too. */
const MAX_KILLS = 30;

/**
 * Runs three processes and kills one of them repeatedly, each time starting a new one, until a process ends with all
 * tasks finished. Returns the number of kills.
 */
export async function killUntilFinished(
  command: readonly string[],
  permissions: readonly string[],
  random: () => number,
): Promise<number> {
  const alive: RunningJug[] = [];
  let isFinished = false;
  const start = () => {
    const jug = startJug(command, { permissions });
    alive.push(jug);
    jug.result.then(({ code }) => isFinished ||= code === 0);
  };
  for (let index = 0; index < PROCESSES; index++) start();
  let kills = 0;
  while (!isFinished && kills < MAX_KILLS) {
    await new Promise((resolve) => setTimeout(resolve, 200 + random() * 400));
    const index = Math.floor(random() * alive.length);
    if (isFinished || !kill(alive[index])) break;
    alive.splice(index, 1);
    kills++;
    start();
  }
  for (const { code, stderr } of await Promise.all(alive.map(({ result }) => result))) assert.equal(code, 0, stderr);
  return kills;
}

/** Kills a process. Returns false if it has already ended. */
function kill(jug: RunningJug | undefined): boolean {
  try {
    jug?.kill("SIGKILL");
    return jug !== undefined;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
