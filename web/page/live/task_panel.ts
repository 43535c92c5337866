/**
 * All about one task, in a dialog.
 *
 * @module
 */
import type { ActionRequest, TaskDetail } from "../../data/live.ts";
import { type Child, fill, h, setText } from "../dom.ts";
import { bytesText, countText, durationText, timeText } from "../format.ts";
import { block, nameLabel, taskLabel } from "../part.ts";
import type { Server } from "./server.ts";

/** The panel. */
export interface TaskPanel {
  readonly element: HTMLElement;
  open(hash: string): void;
}

/** Returns the panel. It is shown by `open`. */
export function taskPanel(server: Server): TaskPanel {
  const title = h("h2", { id: "task-title" });
  const body = h("div", { class: "panel-body" });
  const close = h("button", { type: "button", class: "plain" }, "Close");
  const element = h(
    "dialog",
    { class: "panel", "aria-labelledby": title.id },
    h("div", { class: "panel-head" }, title, close),
    body,
  );
  close.addEventListener("click", () => element.close());
  // A click beside the panel hits the dialog itself.
  element.addEventListener("click", ({ target }) => target === element && element.close());
  let asking = new AbortController();
  element.addEventListener("close", () => asking.abort());

  /** `done`: what was just done with the task. */
  async function open(hash: string, done?: string): Promise<void> {
    asking.abort();
    const { signal } = asking = new AbortController();
    setText(title, `Task ${hash.slice(0, 8)}`);
    fill(body, h("p", { class: "faint", role: "status" }, "Loading"));
    if (!element.open) element.showModal();
    try {
      const detail = await server.task(hash, signal);
      if (!signal.aborted) show(detail, done);
    } catch (error) {
      if (!signal.aborted) fill(body, problem(error));
    }
  }

  function show(detail: TaskDetail, done: string | undefined): void {
    const { hash, name, state, fullArgs, result, isResultCut, log, failure, why, needs, needsCount } = detail;
    fill(title, name === null ? `Task ${hash.slice(0, 8)}` : nameLabel(name));
    const tools = { openTask: (needed: string) => void open(needed) };
    fill(
      body,
      done !== undefined && h("p", { class: "done", role: "status" }, done),
      h("p", {}, h("span", { class: `badge ${state}` }, state), " ", h("code", { class: "hash" }, hash)),
      facts(detail),
      ...why.length === 0 ? [] : [h("h3", {}, "Why"), block("Why", why.join("\n"))],
      ...fullArgs === null ? [] : [h("h3", {}, "Arguments"), block("Arguments", fullArgs)],
      ...failure === null ? [] : [
        h("h3", {}, "Failure"),
        block("Failure", failure.stack === "" ? failure.message : `${failure.message}\n${failure.stack}`),
      ],
      ...result === null && !isResultCut ? [] : [
        h("h3", {}, isResultCut && result !== null ? "Beginning of the result" : "Result"),
        result === null ? h("p", { class: "faint" }, "It is too large to be shown here.") : block("Result", result),
      ],
      ...log === null ? [] : [h("h3", {}, "Output"), block("Output", log)],
      ...needsCount === 0 ? [] : [
        h("h3", {}, `Needs ${countText(needsCount)} ${needsCount === 1 ? "task" : "tasks"}`),
        h(
          "ul",
          { class: "needs" },
          ...needs.map((task) =>
            h("li", {}, h("span", { class: `badge ${task.state}` }, task.state), " ", taskLabel(task, tools))
          ),
          ...needsCount > needs.length
            ? [h("li", { class: "faint" }, `and ${countText(needsCount - needs.length)} more`)]
            : [],
        ),
      ],
      ...server.mayAct ? [actions(detail)] : [],
    );
  }

  function actions({ hash, failure, result, isResultCut }: TaskDetail): HTMLElement {
    const place = h("div", { role: "status" });
    const button = (text: string, kind: ActionRequest["kind"]) => {
      const own = h("button", { type: "button", class: "plain" }, text);
      own.addEventListener("click", () => void ask({ kind, hash, isDry: true }));
      return own;
    };
    const buttons = [
      ...result !== null || isResultCut ? [button("Remove the result…", "invalidate")] : [],
      ...failure !== null ? [button("Try again…", "retry")] : [],
    ];
    return h("div", { class: "actions" }, ...buttons, place);

    async function ask(request: ActionRequest): Promise<void> {
      try {
        const { text, isDone } = await server.act(request);
        if (!isDone) fill(place, h("p", {}, text));
        else if (request.isDry) confirm(request, text);
        else await open(hash, text);
      } catch (error) {
        fill(place, problem(error));
      }
    }

    function confirm(request: ActionRequest, text: string): void {
      const yes = h("button", { type: "button", class: "plain danger" }, "Do it");
      const no = h("button", { type: "button", class: "plain" }, "Cancel");
      yes.addEventListener("click", () => void ask({ ...request, isDry: false }));
      no.addEventListener("click", () => fill(place));
      fill(place, h("p", {}, text), yes, no);
      no.focus();
    }
  }

  return { element, open: (hash) => void open(hash) };
}

function facts({ start, finish, duration, worker, size }: TaskDetail): HTMLElement {
  const rows: readonly (readonly [string, Child])[] = [
    ["Started", start === null ? null : timeText(start)],
    ["Ended", finish === null ? null : timeText(finish)],
    ["Took", duration === null ? null : durationText(duration)],
    ["Worker", worker],
    ["Stored", size === null ? null : bytesText(size)],
  ];
  return h(
    "dl",
    { class: "facts" },
    ...rows.filter(([, value]) => value !== null).map(([term, value]) =>
      h("div", {}, h("dt", {}, term), h("dd", {}, value))
    ),
  );
}

function problem(error: unknown): HTMLElement {
  return h("p", { class: "problem", role: "alert" }, error instanceof Error ? error.message : String(error));
}
