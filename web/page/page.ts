/**
 * The page: all its parts, and how they follow the data.
 *
 * @module
 */
import type { ReportData, ReportUpdate } from "../data/report_data.ts";
import { fill, h, setText } from "./dom.ts";
import { baseName, isoText, timeText } from "./format.ts";
import type { PageTools, Part } from "./part.ts";
import { activityPart } from "./sections/activity.ts";
import { durationsPart } from "./sections/durations.ts";
import { environmentPart } from "./sections/environment.ts";
import { failuresPart } from "./sections/failures.ts";
import { functionsPart } from "./sections/functions.ts";
import { graphPart } from "./sections/graph.ts";
import { overview } from "./sections/overview.ts";
import { pathPart } from "./sections/path.ts";
import { runningPart } from "./sections/running.ts";
import { workersPart } from "./sections/workers.ts";
import { themeSwitch } from "./theme.ts";

/** A page that shows data. */
export interface Page {
  /** Shows what changed. Scroll positions, focus and what is open stay. */
  update(update: ReportUpdate): void;
}

/** Builds the page in the document. `more`: parts that only a page with a server has. */
export function mount(first: ReportData, tools: PageTools, more: readonly Part[] = []): Page {
  let data = first;
  const parts: readonly Part[] = [
    overview(),
    runningPart(tools),
    ...more,
    failuresPart(tools),
    functionsPart(tools),
    activityPart(),
    durationsPart(),
    workersPart(),
    graphPart(),
    pathPart(tools),
    environmentPart(),
  ];
  const head = header();
  const notices = h("div", { class: "notices" });
  document.body.replaceChildren(
    h("a", { class: "skip", href: "#overview" }, "Skip to the overview"),
    head.element,
    h("main", {}, notices, ...parts.map(({ element }) => element)),
    h("footer", {}, "Made by jug for Deno. Times are in ", Intl.DateTimeFormat().resolvedOptions().timeZone, "."),
  );
  const show = (changed: ReadonlySet<string>) => {
    head.update(data);
    if (changed.has("notices")) fill(notices, ...data.notices.map((text) => h("p", { role: "note" }, text)));
    for (const { uses, update } of parts) if (uses.some((field) => changed.has(field))) update(data);
    head.links(parts);
  };
  show(new Set(Object.keys(data)));
  return {
    update(update) {
      data = { ...data, ...update };
      show(new Set(Object.keys(update)));
    },
  };
}

function header() {
  const title = h("h1");
  const made = h("p", { class: "faint small made" });
  const nav = h("ul");
  const element = h(
    "header",
    {},
    h("div", { class: "top" }, h("div", { class: "titles" }, title, made), themeSwitch()),
    h("nav", { "aria-label": "Sections" }, nav),
  );
  return {
    element,
    update({ jugfile, time }: ReportData) {
      const name = baseName(jugfile.path);
      document.title = `${name} – jug report`;
      setText(title, name);
      fill(made, "as of ", h("time", { datetime: isoText(time) }, timeText(time)));
    },
    /** Shows a link to each section that is not hidden. */
    links(parts: readonly Part[]) {
      const shown = parts.map(({ element }) => element).filter(({ hidden }) => !hidden);
      const ids = shown.map(({ id }) => id).join(" ");
      if (nav.dataset["ids"] === ids) return;
      nav.dataset["ids"] = ids;
      fill(
        nav,
        ...shown.map(({ id }) => {
          return h("li", {}, h("a", { href: `#${id}` }, document.getElementById(`${id}-title`)?.textContent ?? id));
        }),
      );
    },
  };
}
