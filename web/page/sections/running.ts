/**
 * The tasks that are running.
 *
 * @module
 */
import type { ReportRunningTask } from "../../data/report_data.ts";
import { h, setText } from "../dom.ts";
import { counted, durationText, timeText } from "../format.ts";
import { type PageTools, type Part, section, taskLabel } from "../part.ts";
import { table } from "../table.ts";

/** Returns the section. It is hidden if nothing runs. */
export function runningPart(tools: PageTools): Part {
  const { element, body } = section("running", "Running");
  let now = 0;
  const running = table<ReportRunningTask>("Running tasks", [
    { title: "Task", cell: (task) => taskLabel(task, tools), order: ({ name }) => name ?? "" },
    {
      title: "For",
      isNumber: true,
      cell: ({ since }) => durationText(Math.max(0, now - since)),
      order: ({ since }) => -since,
    },
    { title: "Since", cell: ({ since }) => timeText(since), order: ({ since }) => since },
    { title: "Worker", cell: ({ worker }) => worker, order: ({ worker }) => worker },
  ], ({ hash }) => hash);
  const rest = h("p", { class: "faint" });
  body.append(running.element, rest);
  return {
    element,
    uses: ["running", "time"],
    update({ running: { list, leftOut }, time }) {
      now = time;
      element.hidden = list.length === 0;
      running.update(list);
      rest.hidden = leftOut === 0;
      setText(rest, `and ${counted(leftOut, "more task")}`);
    },
  };
}
