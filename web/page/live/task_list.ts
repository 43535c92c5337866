/**
 * All tasks: a list that can be searched. Only the rows in sight are elements, and only what is near them is asked for.
 *
 * @module
 */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "npm:@tanstack/virtual-core@3";
import type { ListedTask, TaskPage, TaskQuery } from "../../data/live.ts";
import type { ReportData, StateName } from "../../data/report_data.ts";
import { fill, h, keyedList, setText } from "../dom.ts";
import { counted, durationText, timeText } from "../format.ts";
import { type PageTools, type Part, section, taskLabel } from "../part.ts";
import { STATES } from "../states.ts";
import type { Server } from "./server.ts";

/** The height of a row, in pixels; style.css says the same. */
const ROW = 34;
/** How many tasks are asked for at once. */
const PORTION = 100;
/** How long to wait for the next letter before searching, in milliseconds. */
const TYPING_MS = 200;

interface Row {
  readonly index: number;
  readonly start: number;
  /** `undefined` until the server has answered. */
  readonly task: ListedTask | undefined;
}

/** Returns the section. */
export function taskListPart(server: Server, tools: PageTools): Part {
  const { element, body } = section("tasks", "Tasks");
  const search = h("input", {
    type: "search",
    id: "task-search",
    maxlength: 200,
    autocomplete: "off",
    spellcheck: "false",
  });
  const states = h(
    "select",
    { id: "task-state" },
    h("option", { value: "" }, "all states"),
    ...STATES.map((state) => h("option", { value: state }, state)),
  );
  const count = h("p", { class: "faint small", role: "status" });
  const space = h("div", { class: "task-space", role: "rowgroup" });
  const list = h(
    "div",
    { class: "task-list", tabindex: "0", role: "table", "aria-label": "Tasks" },
    space,
  );
  body.append(
    h(
      "form",
      { class: "task-search", role: "search" },
      h("label", { for: search.id }, "Name, arguments or hash ", search),
      h("label", { for: states.id }, "State ", states),
    ),
    count,
    list,
  );

  let total = 0;
  let portions = new Map<number, readonly ListedTask[]>();
  let asking = new AbortController();
  const asked = new Set<number>();

  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    getScrollElement: () => list,
    estimateSize: () => ROW,
    overscan: 10,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => show(),
  });
  const showRows = keyedList<Row, HTMLElement>(space, {
    keyOf: ({ index }) => String(index),
    create: ({ index }) => h("div", { role: "row", class: "task-row", "aria-rowindex": index + 1 }),
    update(row, { start, task }) {
      row.style.transform = `translateY(${start}px)`;
      const text = JSON.stringify(task);
      // A row that has the focus is replaced only by one that says something else.
      if (row.dataset["task"] === text) return;
      row.dataset["task"] = text;
      fill(row, ...task === undefined ? [h("span", { role: "cell", class: "faint" }, "…")] : cellsOf(task));
    },
  });

  function cellsOf(task: ListedTask): readonly HTMLElement[] {
    const { state, start, duration, worker } = task;
    const cell = (name: string, ...children: readonly (Node | string)[]) =>
      h("span", { role: "cell", class: name }, ...children);
    return [
      cell("cell-state", h("span", { class: `badge ${state}` }, state)),
      cell("cell-task", taskLabel(task, tools)),
      cell("cell-time number", start === null ? "" : timeText(start)),
      cell("cell-duration number", duration === null ? "" : durationText(duration)),
      cell("cell-worker", worker ?? ""),
    ];
  }

  function show(): void {
    const items = virtualizer.getVirtualItems();
    showRows(items.map(({ index, start }) => ({ index, start, task: taskAt(index) })));
    const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
    for (let portion = portionOf(first); portion <= portionOf(last); portion++) {
      if (!portions.has(portion)) void ask(portion);
    }
  }

  function taskAt(index: number): ListedTask | undefined {
    return portions.get(portionOf(index))?.[index % PORTION];
  }

  async function ask(portion: number): Promise<void> {
    if (asked.has(portion)) return;
    asked.add(portion);
    const { signal } = asking;
    try {
      const page = await server.tasks(queryFor(portion), signal);
      if (!signal.aborted) take(portion, page);
    } catch (error) {
      if (!signal.aborted) setText(count, error instanceof Error ? error.message : String(error));
    } finally {
      if (!signal.aborted) asked.delete(portion);
    }
  }

  function queryFor(portion: number): TaskQuery {
    const state = STATES.find((each): each is StateName => each === states.value);
    const text = search.value.trim();
    return {
      ...state === undefined ? {} : { state },
      ...text === "" ? {} : { search: text },
      from: portion * PORTION,
      count: PORTION,
    };
  }

  function take(portion: number, page: TaskPage): void {
    portions.set(portion, page.tasks);
    if (page.total !== total) {
      total = page.total;
      virtualizer.setOptions({ ...virtualizer.options, count: total });
      virtualizer.measure();
    }
    setText(count, counted(total, "task"));
    list.setAttribute("aria-rowcount", String(total));
    space.style.height = `${virtualizer.getTotalSize()}px`;
    show();
  }

  /** Asks again for what is in sight. What is shown stays until the answers come. */
  function refresh(): void {
    asking.abort();
    asking = new AbortController();
    asked.clear();
    const shown = virtualizer.getVirtualItems().map(({ index }) => portionOf(index));
    const kept = new Set(shown.length === 0 ? [0] : shown);
    portions = new Map([...portions].filter(([portion]) => kept.has(portion)));
    for (const portion of kept) void ask(portion);
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  const searchAgain = () => {
    list.scrollTop = 0;
    refresh();
  };
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(searchAgain, TYPING_MS);
  });
  states.addEventListener("change", searchAgain);
  body.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());

  let isMounted = false;
  return {
    element,
    uses: ["total", "running", "failures"],
    update(_data: ReportData) {
      if (!isMounted) {
        isMounted = true;
        // The list has a size once the page is laid out.
        requestAnimationFrame(() => {
          virtualizer._didMount();
          virtualizer._willUpdate();
          void ask(0);
        });
      } else refresh();
    },
  };
}

function portionOf(index: number): number {
  return Math.floor(index / PORTION);
}
