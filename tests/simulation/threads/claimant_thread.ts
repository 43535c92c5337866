/**
 * The thread of a claimant. It is started once and lives many lives, each in one process of one run of the simulator.
 *
 * @module
 */
import type { fileBackend } from "../../../backends/file.ts";
import { seededRandom } from "../../support/campaign/seeded_random.ts";
import { askingSide } from "./channel.ts";
import type { Context } from "./context.ts";
import { keep } from "./keeper.ts";
import type { Life } from "./life.ts";
import type { Note } from "./notes.ts";
import { remoteFileSystem } from "./remote_file_system.ts";
import { rest, type Seam } from "./seam.ts";
import { ClaimantTimers } from "./timers.ts";
import { isRecord } from "./values.ts";
import { look, pack, remove } from "./visitors.ts";
import { work } from "./worker.ts";

/** Few, so that claimants often meet at one. */
const PARTITIONS = 2;

interface BackendModule {
  readonly fileBackend: typeof fileBackend;
}

function isBackendModule(value: unknown): value is BackendModule {
  return isRecord(value) && typeof value.fileBackend === "function";
}

async function loadBackend(module: string): Promise<BackendModule> {
  const loaded: unknown = await import(module);
  if (!isBackendModule(loaded)) throw new TypeError(`${module} is no file backend`);
  return loaded;
}

function live(context: Context): Promise<boolean> {
  const { role } = context.life;
  switch (role.kind) {
    case "keeper":
      return keep(context, role);
    case "worker":
      return work(context, role);
    case "looker":
      return look(context, role);
    case "remover":
      return remove(context, role);
    case "packer":
      return pack(context, role);
  }
}

async function liveOnce(seam: Seam, life: Life): Promise<void> {
  // Replace the global clocks too: a planted bug may bypass the clock that the backend is given and ask for the date.
  performance.now = () => seam.clock;
  Date.now = () => seam.wall;
  const { fileBackend } = await loadBackend(life.module);
  const timers = new ClaimantTimers(seam);
  const fileSystem = remoteFileSystem((operation) => seam.ask(operation), timers);
  const { root, tag, process } = life;
  try {
    const observer = { host: process.host, boot: process.boot };
    const backend = fileBackend({
      root,
      fileSystem,
      timer: timers.timer,
      tag,
      observer,
      clock: () => seam.clock,
      partitions: PARTITIONS,
    });
    const context = { life, backend, seam, timers, random: seededRandom(life.seed) };
    const isDone = await live(context);
    await backend.close();
    seam.note({ kind: "ended", how: isDone ? "done" : "failed" });
  } catch (error) {
    const message = error instanceof Error ? error.stack ?? error.message : String(error);
    seam.note({ kind: "error", call: "live", message });
    seam.note({ kind: "ended", how: "failed" });
  }
}

async function start(memory: SharedArrayBuffer): Promise<void> {
  const question = askingSide(memory);
  let notes: readonly Note[] = [];
  for (;;) {
    const { seam, life } = rest(question, notes);
    await liveOnce(seam, life);
    notes = seam.takeNotes();
  }
}

// A call that was cut short by a kill may leave rejected promises that nothing handles.
self.addEventListener("unhandledrejection", (event) => event.preventDefault());
self.addEventListener("message", (event) => {
  if (event instanceof MessageEvent && event.data instanceof SharedArrayBuffer) start(event.data);
});
