/**
 * The overview: how far the tasks are, and a few figures.
 *
 * @module
 */
import type { ReportData } from "../../data/report_data.ts";
import { fill, h } from "../dom.ts";
import { countText, durationText, shareText } from "../format.ts";
import { type Part, section } from "../part.ts";
import { allTasks, stateBar, STATES } from "../states.ts";

/** Returns the overview. */
export function overview(): Part {
  const { element, body } = section("overview", "Overview");
  const progress = h("div", { class: "progress" });
  const figures = h("dl", { class: "figures" });
  body.append(progress, figures);
  return {
    element,
    uses: ["total", "functions", "axis", "workers", "path", "failures", "jugfile"],
    update(data) {
      const { total } = data;
      const all = allTasks(total);
      const share = all === 0 ? null : total.finished / all;
      const shown = STATES.filter((state) => total[state] > 0 || state === "finished");
      fill(
        progress,
        h(
          "p",
          { class: "headline" },
          h("strong", {}, share === null ? "No tasks" : shareText(share)),
          share === null ? null : ` of ${countText(all)} ${all === 1 ? "task" : "tasks"} finished`,
        ),
        stateBar(total),
        h(
          "ul",
          { class: "legend" },
          ...shown.map((state) => {
            return h(
              "li",
              {},
              h("span", { class: `dot ${state}`, "aria-hidden": "true" }),
              h("strong", {}, countText(total[state])),
              ` ${state}`,
            );
          }),
        ),
      );
      fill(figures, ...figuresOf(data).map(([name, value, more]) => figure(name, value, more)));
    },
  };
}

type Figure = readonly [name: string, value: string, more: string];

function figuresOf({ functions, axis, workers, path, failures }: ReportData): readonly Figure[] {
  const runs = functions.list.reduce((sum, each) => sum + each.runs, 0);
  const busy = functions.list.reduce((sum, each) => sum + each.total, 0);
  const figures: Figure[] = [
    ["Time in tasks", durationText(busy), `${countText(runs)} ${runs === 1 ? "result" : "results"}`],
  ];
  if (axis !== null) figures.push(["Elapsed", durationText(axis.length), stretchesText(axis.stretches.length)]);
  if (workers.count > 0) {
    figures.push(["Workers", countText(workers.count), workers.idle === null ? "" : `idle ${shareText(workers.idle)}`]);
  }
  if (path !== null) {
    figures.push([
      "Critical path",
      durationText(path.total),
      `${countText(path.count)} ${path.count === 1 ? "task" : "tasks"}`,
    ]);
  }
  if (failures.count > 0) {
    const groups = failures.groups.length + failures.leftOut;
    figures.push(["Failures", countText(failures.count), `${countText(groups)} ${groups === 1 ? "kind" : "kinds"}`]);
  }
  return figures;
}

function stretchesText(count: number): string {
  return count === 1 ? "in one go" : `in ${countText(count)} stretches`;
}

function figure(name: string, value: string, more: string): HTMLElement {
  return h(
    "div",
    { class: "figure" },
    h("dt", {}, name),
    h("dd", {}, h("strong", {}, value), h("span", { class: "faint" }, more)),
  );
}
