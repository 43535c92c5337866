/**
 * What the dashboard may change: it invalidates results, and frees failures for another try.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { type Hash, isHash } from "../../core/brand.ts";
import { counted } from "../../core/counted.ts";
import { isRecord } from "../../core/is_record.ts";
import type { ActionAnswer, ActionRequest } from "../../web/data/live.ts";
import { withDependents } from "../change/dependents.ts";
import { removeResults, stillRunningText } from "../change/remove_results.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";

/** Where actions take place. */
export interface ActionPlace {
  readonly backend: Backend;
  /** `undefined` if the jugfile could not be loaded. */
  readonly inspection: Inspection | undefined;
}

/** A request whose form was checked. */
export type CheckedAction = Omit<ActionRequest, "hash"> & { readonly hash: Hash };

/** Reads the body of a request; `undefined` if it is none. */
export function readAction(text: string): CheckedAction | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(body)) return undefined;
  const { kind, hash, isDry } = body;
  if (kind !== "invalidate" && kind !== "retry" || typeof hash !== "string" || !isHash(hash)) return undefined;
  return typeof isDry === "boolean" ? { kind, hash, isDry } : undefined;
}

/** Does what is asked, or tells what would be done. */
export function act(place: ActionPlace, { kind, hash, isDry }: CheckedAction): Promise<ActionAnswer> {
  switch (kind) {
    case "invalidate":
      return invalidate(place, hash, isDry);
    case "retry":
      return retry(place, hash, isDry);
  }
}

async function invalidate({ backend, inspection }: ActionPlace, hash: Hash, isDry: boolean): Promise<ActionAnswer> {
  if (inspection === undefined) {
    return no("The jugfile could not be loaded, so it is not known which tasks depend on this one.");
  }
  const invalid = withDependents(inspection.tasks, (task) => task.hash === hash);
  if (invalid.length === 0) return no("The jugfile declares no such task.");
  const notice = barrierNotice(inspection);
  const hidden = notice === undefined ? "" : ` ${sentence(notice)} Their results are not removed.`;
  if (isDry) {
    const there = await backend.has(invalid.map((task) => task.hash));
    if (there.size === 0) return no(`There is no result to remove.${hidden}`);
    const results = invalid.filter((task) => there.has(task.hash));
    return yes(`This removes ${counted(there.size, "result")} for good: ${namesText(results)}.${hidden}`);
  }
  const removed = await removeResults(backend, invalid);
  const busy = stillRunningText(removed);
  return yes(
    `${counted(removed.results.size, "result")} ${removed.results.size === 1 ? "was" : "were"} removed.` +
      (busy === undefined ? "" : ` ${sentence(busy)}`) + hidden,
  );
}

async function retry({ backend }: ActionPlace, hash: Hash, isDry: boolean): Promise<ActionAnswer> {
  if (isDry) {
    const [record] = await backend.loadFailures([hash]);
    if (record === undefined) return no("There is no failure of this task.");
    return yes("This removes the failure and its log, so that the next jug execute tries the task again.");
  }
  const count = await backend.removeFailures([hash]);
  return count === 0
    ? no("There is no failure of this task any more.")
    : yes("The failure was removed. The next jug execute tries the task again.");
}

/** Returns how many tasks of which functions these are. */
function namesText(tasks: readonly { readonly name: string }[]): string {
  const counts = new Map<string, number>();
  for (const { name } of tasks) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count.toLocaleString("en-US")} of ${name}`).join(", ");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function yes(text: string): ActionAnswer {
  return { text, isDone: true };
}

function no(text: string): ActionAnswer {
  return { text, isDone: false };
}
