/**
 * `jug status --watch`: shows what happens until every task is finished.
 *
 * @module
 */
import { pause } from "../../core/pause.ts";
import type { Change } from "../../backends/backend.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";
import { append } from "../../core/lists.ts";
import { JugError } from "../../core/errors.ts";
import { JugdirWatch } from "../../engine/analysis/jugdir_watch.ts";
import { onSignals } from "../../engine/threads/signals.ts";
import type { CommandContext } from "../cli/command.ts";
import { type Inspection, requireTasks } from "../cli/inspection.ts";
import type { Outcome } from "../cli/outcome.ts";
import type { Shape } from "./status_text.ts";
import { openWatchDisplay, type WatchDisplay } from "./watch_display.ts";
import { shownOf } from "./watch_text.ts";

/** How often locks are looked at: nobody announces a claim. In milliseconds. */
const LOOK_MS = 1000;
/** While changes arrive, they are fetched in intervals of this length, in milliseconds. */
const FETCH_MS = 50;

/** Shows the status until every task is finished, or until a signal arrives. */
export async function watchStatus(context: CommandContext, shape: Shape): Promise<Outcome> {
  if (isMemoryAddress(context.jugdir)) {
    throw new JugError("usage", "option '--watch' cannot be used with a jugdir in memory", {
      remedy: "Use a folder, sqlite: or redis: as jugdir: other processes see what happens there",
    });
  }
  const redraws = shape !== "json" && context.liveStdout && context.env("TERM") !== "dumb";
  const stop = new AbortController();
  let signal: string | undefined;
  let display: WatchDisplay | undefined;
  const inspection = await context.inspect({ write: (text) => (display?.write ?? context.stderr)(text) });
  try {
    await requireTasks(context, inspection);
    display = await openWatchDisplay(context, redraws);
    const removeSignals = onSignals((name) => {
      signal ??= name;
      stop.abort();
    });
    try {
      await new StatusWatch(context, inspection, display, shape).run(stop.signal);
    } finally {
      removeSignals();
      display.close();
    }
  } finally {
    await inspection.close();
  }
  if (signal === "SIGINT") return { kind: "interrupted", reasons: [] };
  if (signal !== undefined) return { kind: "unfinished", reasons: [`ended by ${signal}`] };
  if (context.isStdoutOpen()) context.say(allFinishedText(inspection.session.tasks.size));
  return { kind: "done" };
}

function allFinishedText(count: number): string {
  return count === 1 ? "the only task is finished" : `all ${count} tasks are finished`;
}

/** Follows one jugfile, and shows it. */
class StatusWatch {
  readonly #context: CommandContext;
  readonly #inspection: Inspection;
  readonly #display: WatchDisplay;
  readonly #shape: Shape;
  readonly #watch: JugdirWatch;
  /** How many tasks the watch knows. */
  #adopted = 0;
  #lookAt = 0;
  /** Set while the jugfile is loaded further, because a barrier has opened. */
  #loading: Promise<void> | undefined;
  #loadError: { readonly error: unknown } | undefined;

  constructor(context: CommandContext, inspection: Inspection, display: WatchDisplay, shape: Shape) {
    this.#context = context;
    this.#inspection = inspection;
    this.#display = display;
    this.#shape = shape;
    this.#watch = new JugdirWatch({ backend: inspection.backend, clock: () => performance.now() });
  }

  /** Runs until every task is finished, nobody reads any more, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#adopt();
    for (;;) {
      this.#advance();
      const isOver = this.#isOver;
      this.#show(isOver);
      if (isOver || signal.aborted || !this.#context.isStdoutOpen()) return;
      this.#watch.hear(await this.#collect(signal));
      if (signal.aborted) continue;
      if (this.#loadError !== undefined) throw this.#loadError.error;
      if (this.#inspection.session.tasks.size > this.#adopted && this.#loading === undefined) await this.#adopt();
      else if (performance.now() >= this.#lookAt) {
        await this.#watch.look();
        this.#lookAt = performance.now() + LOOK_MS;
      }
    }
  }

  get #isOver(): boolean {
    const { barrier, session } = this.#inspection;
    const isLoaded = this.#loading === undefined && barrier === undefined && session.tasks.size === this.#adopted;
    return isLoaded && this.#loadError === undefined && this.#watch.areAllFinished;
  }

  async #adopt(): Promise<void> {
    const { tasks } = this.#inspection;
    this.#adopted = tasks.length;
    await this.#watch.adopt(tasks);
    this.#lookAt = performance.now() + LOOK_MS;
  }

  /** Tells the jugfile which results there are. If that opens a barrier, it goes on while the display is updated. */
  #advance(): void {
    if (this.#loading !== undefined) return;
    const changes = this.#watch.takeResultChanges();
    if (this.#inspection.barrier === undefined) return;
    const advancing = this.#inspection.advanceBy(changes);
    this.#loading = advancing?.catch((error: unknown) => void (this.#loadError = { error }))
      .finally(() => this.#loading = undefined);
  }

  #show(isOver: boolean): void {
    const { session, barrier, backend } = this.#inspection;
    this.#display.show(shownOf(this.#watch.view(), {
      shape: this.#shape,
      now: this.#context.now().getTime(),
      taskOf: (hash) => session.tasks.get(hash),
      backend,
      barrier,
      isLoading: this.#loading !== undefined,
      isOver,
    }));
  }

  /** Waits for changes, and then for further ones until the next update of the display. */
  async #collect(signal: AbortSignal): Promise<readonly Change[]> {
    const shownAt = performance.now();
    const changes: Change[] = [];
    const next = async (ms: number) => append(changes, await this.#changesWithin(ms, signal));
    await next(Math.max(this.#display.intervalMs, this.#lookAt - shownAt));
    for (;;) {
      const rest = shownAt + this.#display.intervalMs - performance.now();
      if (signal.aborted || rest <= 0) return changes;
      await pause(Math.min(rest, FETCH_MS), signal);
      await next(Math.max(1, rest - FETCH_MS));
    }
  }

  async #changesWithin(ms: number, signal: AbortSignal): Promise<readonly Change[]> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ms);
    try {
      return await this.#inspection.backend.waitForChange(AbortSignal.any([signal, limit.signal]));
    } finally {
      clearTimeout(timer);
    }
  }
}
