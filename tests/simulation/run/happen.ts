/**
 * Applies events to the world.
 *
 * @module
 */
import type { EventPlan, Happening } from "./plan.ts";
import type { SimProcess } from "./sim_process.ts";
import type { FileOperation } from "../threads/operations.ts";
import type { World } from "./world.ts";

/** Ends a process. All further calls of its threads are refused. */
export type Kill = (process: SimProcess) => void;

function folderOf(operation: FileOperation): string {
  const path = "to" in operation ? operation.to : "path" in operation ? operation.path : "";
  return path.split("/")[2] ?? "";
}

/** Returns the kinds that an operation has for triggers. */
function kindsOf(operation: FileOperation): readonly string[] {
  return operation.kind === "rename" && operation.to.endsWith("~") ? ["rename", "seize"] : [operation.kind];
}

/** Removes and returns the events of a process that are due before (or after) an operation. */
export function takeDue(process: SimProcess, operation: FileOperation, when: "before" | "after"): readonly EventPlan[] {
  if (process.events.length === 0) return [];
  const isDue = ({ trigger }: EventPlan): boolean => {
    switch (trigger.kind) {
      case "count":
        return when === "before" && process.operations >= trigger.nth;
      case "operation":
        return trigger.when === when && kindsOf(operation).includes(trigger.operation) &&
          trigger.folder === folderOf(operation) &&
          (process.counts.get(`${trigger.operation} ${trigger.folder}`) ?? 0) >= trigger.nth;
    }
  };
  const due = process.events.filter(isDue);
  if (due.length > 0) process.events = process.events.filter((event) => !due.includes(event));
  return due;
}

/** Counts an operation for the triggers of events. */
export function count(process: SimProcess, operation: FileOperation): void {
  process.operations++;
  for (const kind of kindsOf(operation)) {
    const key = `${kind} ${folderOf(operation)}`;
    process.counts.set(key, (process.counts.get(key) ?? 0) + 1);
  }
}

/** Applies an event to the world. */
export function happen(happening: Happening, process: SimProcess, world: World, kill: Kill): void {
  const { host } = process;
  switch (happening.kind) {
    case "kill":
      return kill(process);
    case "stop":
      process.stoppedUntil = Math.max(process.stoppedUntil, world.now + happening.ms);
      return;
    case "freeze":
      return host.freeze(world.now, happening.ms, happening.clockRuns);
    case "cut off":
      return host.cutOff(world.now, happening.ms);
    case "power cut":
      host.files.crash();
      host.boot++;
      for (const other of world.processes) if (other.host === host && !other.isOver) kill(other);
      return;
    case "fault":
      return world.faults.add(
        happening.code,
        happening.everywhere ? undefined : process,
        world.now,
        happening.ms,
      );
  }
}

/** Describes an event in words, for the trace. */
export function describe(happening: Happening): string {
  switch (happening.kind) {
    case "kill":
      return "killed";
    case "stop":
      return `stopped for ${happening.ms} ms`;
    case "freeze":
      return `its host stands still for ${happening.ms} ms, the clock ${happening.clockRuns ? "runs" : "too"}`;
    case "cut off":
      return `its host is cut off for ${happening.ms} ms`;
    case "power cut":
      return "its host loses power";
    case "fault":
      return `${happening.everywhere ? "everybody's" : "its"} calls fail with ${happening.code}${
        happening.ms === 0 ? ", once" : ` for ${happening.ms} ms`
      }`;
  }
}
