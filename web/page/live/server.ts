/**
 * Talks to the server of `jug webstatus`.
 *
 * @module
 */
import type { ActionAnswer, ActionRequest, LiveSettings, TaskDetail, TaskPage, TaskQuery } from "../../data/live.ts";
import type { ReportUpdate } from "../../data/report_data.ts";

/** How the connection is. */
export type Connection = "live" | "lost" | "refused";

/** After how long a refused connection is tried again, in milliseconds. */
const RETRY_MS = 5000;

/** The server that made the page. */
export class Server {
  readonly #settings: LiveSettings;

  constructor(settings: LiveSettings) {
    this.#settings = settings;
  }

  /** Whether the page may change anything. */
  get mayAct(): boolean {
    return this.#settings.actionToken !== null;
  }

  /** Calls `onUpdate` with each update, and `onConnection` when the connection changes. */
  follow(onUpdate: (update: ReportUpdate) => void, onConnection: (connection: Connection) => void): void {
    const { token } = this.#settings;
    const query = token === null ? "" : `?${new URLSearchParams({ token })}`;
    const open = () => {
      const events = new EventSource(`events${query}`);
      events.addEventListener("open", () => onConnection("live"));
      // What the server sends has the form of its own page.
      events.addEventListener("update", ({ data }: MessageEvent<string>) => onUpdate(JSON.parse(data)));
      events.addEventListener("error", () => {
        if (events.readyState !== EventSource.CLOSED) return onConnection("lost");
        // The browser gives up after an answer that is no stream of events: another server, or another token.
        onConnection("refused");
        setTimeout(open, RETRY_MS);
      });
    };
    open();
  }

  /** Lists tasks. */
  tasks({ state, search, from, count }: TaskQuery, signal: AbortSignal): Promise<TaskPage> {
    const query = new URLSearchParams({
      ...state === undefined ? {} : { state },
      ...search === undefined ? {} : { search },
      from: String(from),
      count: String(count),
    });
    return this.#ask(`tasks?${query}`, { signal });
  }

  /** Returns all about a task. */
  task(hash: string, signal: AbortSignal): Promise<TaskDetail> {
    return this.#ask(`tasks/${encodeURIComponent(hash)}`, { signal });
  }

  /** Does something, or asks what it would do. */
  act(request: ActionRequest): Promise<ActionAnswer> {
    return this.#ask("actions", {
      method: "POST",
      body: JSON.stringify(request),
      headers: { "content-type": "application/json", "x-jug-action": this.#settings.actionToken ?? "" },
    });
  }

  /** @throws {Error} with a sentence for the user if the server does not answer, or refuses. */
  async #ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    const { token } = this.#settings;
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new Error("The server does not answer. It may have been ended.", { cause });
    }
    const answer = await response.json();
    if (!response.ok) throw new Error(typeof answer?.error === "string" ? answer.error : `status ${response.status}`);
    return answer;
  }
}
