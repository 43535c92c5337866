/**
 * The functions: the states of their tasks, and how long they took.
 *
 * @module
 */
import type { ReportFunction } from "../../data/report_data.ts";
import { fill, h } from "../dom.ts";
import { counted, countText, durationText } from "../format.ts";
import { nameLabel, type PageTools, type Part, section, taskLabel } from "../part.ts";
import { allTasks, stateBar, statesText } from "../states.ts";
import { type Column, table } from "../table.ts";

/** Returns the section. */
export function functionsPart(tools: PageTools): Part {
  const { element, body } = section(
    "functions",
    "Functions",
    "Times are those of runs whose results are stored. Half of the runs took at most the median, and 19 of 20 at most 95 %.",
  );
  const columns: readonly Column<ReportFunction>[] = [
    { title: "Function", cell: ({ name }) => nameLabel(name), order: ({ name }) => name },
    {
      title: "Tasks",
      cell: ({ states }) => tasksCell(states),
      order: ({ states }) => allTasks(states),
    },
    number("Runs", ({ runs }) => runs, countText),
    number("Total", ({ runs, total }) => runs === 0 ? null : total, durationText),
    number("Mean", ({ spread }) => spread?.mean, durationText),
    number("Median", ({ spread }) => spread?.median, durationText),
    number("95 %", ({ spread }) => spread?.p95, durationText),
    number("Longest", ({ spread }) => spread?.longest, durationText),
    { title: "Longest run", cell: ({ spread }) => spread === null ? "–" : taskLabel(spread.longestTask, tools) },
  ];
  const functions = table("Functions", columns, ({ name }) => name);
  const rest = h("p", { class: "faint" });
  body.append(functions.element, rest);
  return {
    element,
    uses: ["functions"],
    update({ functions: { list, leftOut } }) {
      functions.update(list);
      rest.hidden = leftOut === 0;
      fill(rest, `${counted(leftOut, "more function")} with less time.`);
    },
  };
}

function number(
  title: string,
  value: (row: ReportFunction) => number | null | undefined,
  text: (value: number) => string,
): Column<ReportFunction> {
  return {
    title,
    isNumber: true,
    cell: (row) => {
      const found = value(row);
      return found === null || found === undefined ? "–" : text(found);
    },
    order: (row) => value(row) ?? -1,
  };
}

function tasksCell(states: ReportFunction["states"]): HTMLElement {
  return h(
    "div",
    { class: "tasks-cell" },
    stateBar(states),
    h("span", { class: "small" }, statesText(states) || "none declared"),
  );
}
