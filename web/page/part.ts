/**
 * Parts of the page.
 *
 * @module
 */
import type { ReportData, ReportTask } from "../data/report_data.ts";
import { type Child, h } from "./dom.ts";

/** A part of the page. */
export interface Part {
  readonly element: HTMLElement;
  /** The fields that it shows. */
  readonly uses: readonly (keyof ReportData)[];
  /** Shows data. Scroll positions, focus and what is open stay. */
  update(data: ReportData): void;
}

/** What parts get from the page around them. */
export interface PageTools {
  /** Shows all about a task; `undefined` if the page can show no more than it does, as in a report. */
  readonly openTask: ((hash: string) => void) | undefined;
}

/** A section with a heading. */
export interface Section {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly title: string;
  readonly id: string;
}

/** Returns a new section. */
export function section(id: string, title: string, ...intro: readonly Child[]): Section {
  const body = h("div", { class: "body" });
  const heading = h("h2", { id: `${id}-title` }, title);
  const element = h("section", { id, "aria-labelledby": heading.id, class: "card" }, heading);
  if (intro.length > 0) element.append(h("p", { class: "intro" }, ...intro));
  element.append(body);
  return { element, body, title, id };
}

/** Returns an area that scrolls by itself if it is too wide, also by the keyboard. */
export function scroller(label: string, ...children: readonly Child[]): HTMLElement {
  return h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label }, ...children);
}

/** Returns a text with its lines. It can be scrolled by the keyboard. */
export function block(label: string, text: string): HTMLElement {
  return h("pre", { tabindex: "0", role: "group", "aria-label": label }, text);
}

/** Returns the name of a function, its module faint. */
export function nameLabel(name: string): HTMLElement {
  const dot = name.indexOf(".") + 1;
  if (dot === 0) return h("span", { class: "name" }, name);
  return h("span", { class: "name" }, h("span", { class: "faint" }, name.slice(0, dot)), name.slice(dot));
}

/** Returns a task: its call, and the beginning of its hash. */
export function taskLabel({ hash, name, args }: ReportTask, { openTask }: PageTools): HTMLElement {
  const call = [
    name === null ? h("span", { class: "faint" }, "name unknown") : nameLabel(name),
    args === null ? null : h("span", { class: "args" }, `(${args})`),
  ];
  const short = h("code", { class: "hash" }, hash.slice(0, 8));
  if (openTask === undefined) return h("span", { class: "task" }, ...call, " ", short);
  const button = h("button", { type: "button", class: "task link" }, ...call, " ", short);
  button.addEventListener("click", () => openTask(hash));
  return button;
}
