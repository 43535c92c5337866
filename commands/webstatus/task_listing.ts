/**
 * The tasks that the dashboard lists and searches.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { ListedTask, TaskPage, TaskQuery } from "../../web/data/live.ts";
import type { StateName } from "../../web/data/report_data.ts";
import type { TaskRow } from "../inspect/task_rows.ts";

/** A listing is kept for so long, in milliseconds… */
const KEPT_MS = 1000;
/** …or for so many times as long as it took to make. */
const KEPT_SHARE = 10;
/** The most tasks in one answer. */
const MOST = 500;
/** The longest text to search for. */
const LONGEST_SEARCH = 200;

const STATES: readonly StateName[] = ["finished", "running", "failed", "ready", "waiting"];

/** What a {@linkcode TaskListing} works with. */
export interface TaskListingParts {
  readonly list: () => Promise<Iterable<TaskRow>>;
  readonly showsArguments: boolean;
  /** A clock that is never set back, in milliseconds. */
  readonly clock: () => number;
}

interface Listing {
  readonly tasks: readonly TaskRow[];
  readonly byHash: ReadonlyMap<Hash, TaskRow>;
}

/** Lists tasks. A page that is scrolled asks often, so a listing is used for several answers. */
export class TaskListing {
  readonly #parts: TaskListingParts;
  #listing: Promise<Listing> | undefined;
  #until = 0;

  constructor(parts: TaskListingParts) {
    this.#parts = parts;
  }

  /** Makes the next answer look again. */
  expire(): void {
    this.#listing = undefined;
  }

  /** Returns some of the tasks that match. */
  async page({ state, search, from, count }: TaskQuery): Promise<TaskPage> {
    const { tasks } = await this.#look();
    const text = search?.toLowerCase();
    const matches = (row: TaskRow) =>
      (state === undefined || row.state === state) && (text === undefined || this.#contains(row, text));
    const found = state === undefined && text === undefined ? tasks : tasks.filter(matches);
    return { total: found.length, from, tasks: found.slice(from, from + count).map((row) => this.listed(row)) };
  }

  /** Returns a task; `undefined` if it is not known. */
  async find(hash: Hash): Promise<TaskRow | undefined> {
    return (await this.#look()).byHash.get(hash);
  }

  /** Returns a task in the form of the page. */
  listed({ hash, name, args, state, start, duration, worker }: TaskRow): ListedTask {
    return {
      hash,
      name: name ?? null,
      args: this.#parts.showsArguments ? args ?? null : null,
      state,
      start: start ?? null,
      duration: duration ?? null,
      worker: worker ?? null,
    };
  }

  #contains({ hash, name, args }: TaskRow, text: string): boolean {
    if (hash.includes(text) || name?.toLowerCase().includes(text)) return true;
    return this.#parts.showsArguments && args?.toLowerCase().includes(text) === true;
  }

  #look(): Promise<Listing> {
    const { clock, list } = this.#parts;
    const begun = clock();
    if (this.#listing !== undefined && begun < this.#until) return this.#listing;
    // Requests that come meanwhile wait for this one.
    this.#until = Infinity;
    const listing = (async () => {
      const tasks = [...await list()];
      return { tasks, byHash: new Map(tasks.map((task) => [task.hash, task])) };
    })();
    this.#listing = listing;
    listing.then(
      () => this.#until = clock() + Math.max(KEPT_MS, KEPT_SHARE * (clock() - begun)),
      () => this.#until = 0,
    );
    return listing;
  }
}

/** Reads the query of a listing; returns what is wrong with it. */
export function readTaskQuery(query: URLSearchParams): TaskQuery | string {
  const state = query.get("state");
  const search = query.get("search") ?? "";
  const from = numberIn(query.get("from") ?? "0", 0, 1e9);
  const count = numberIn(query.get("count") ?? "100", 1, MOST);
  const known = STATES.find((each) => each === state);
  if (state !== null && known === undefined) return `state is one of ${STATES.join(", ")}`;
  if (search.length > LONGEST_SEARCH) return `search has at most ${LONGEST_SEARCH} characters`;
  if (from === undefined) return "from is a whole number, 0 or more";
  if (count === undefined) return `count is a whole number from 1 to ${MOST}`;
  return { ...known === undefined ? {} : { state: known }, ...search === "" ? {} : { search }, from, count };
}

function numberIn(text: string, least: number, most: number): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : undefined;
}
