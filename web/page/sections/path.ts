/**
 * The critical path.
 *
 * @module
 */
import type { ReportStep } from "../../data/report_data.ts";
import { h, setText } from "../dom.ts";
import { counted, countText, durationText, shareText } from "../format.ts";
import { nameLabel, type PageTools, type Part, section, taskLabel } from "../part.ts";
import { table } from "../table.ts";

interface Row {
  readonly index: number;
  readonly step: ReportStep;
  readonly share: number;
}

/** Returns the section. */
export function pathPart(tools: PageTools): Part {
  const { element, body } = section(
    "path",
    "Critical path",
    "The chain of tasks, each needed by the next, that took longest. With any number of workers, a run takes at least that long.",
  );
  const summary = h("p");
  const steps = table<Row>("Steps of the critical path", [
    { title: "Function", cell: ({ step }) => nameLabel(step.name) },
    { title: "Tasks", isNumber: true, cell: ({ step }) => countText(step.count) },
    { title: "Time", isNumber: true, cell: ({ step }) => durationText(step.total) },
    { title: "Share", cell: ({ share }) => shareBar(share) },
    { title: "First task", cell: ({ step }) => taskLabel(step.first, tools) },
  ], ({ index }) => String(index));
  const rest = h("p", { class: "faint" });
  body.append(summary, steps.element, rest);
  return {
    element,
    uses: ["path", "jugfile"],
    update({ path, jugfile }) {
      steps.element.hidden = path === null;
      rest.hidden = path === null || path.leftOut === 0;
      if (path === null) {
        setText(
          summary,
          jugfile.problem === null ? "Nothing was run yet." : "It needs the jugfile, which could not be loaded.",
        );
        return;
      }
      const { total, count, leftOut } = path;
      setText(summary, `${durationText(total)} in ${counted(count, "task")}, one after another.`);
      steps.update(path.steps.map((step, index): Row => ({ index, step, share: total > 0 ? step.total / total : 0 })));
      setText(rest, `${counted(leftOut, "step")} in the middle ${leftOut === 1 ? "is" : "are"} left out.`);
    },
  };
}

function shareBar(share: number): HTMLElement {
  const piece = h("span", { class: "piece running" });
  piece.style.width = `${100 * share}%`;
  return h(
    "div",
    { class: "share" },
    h("span", { class: "bar", "aria-hidden": "true" }, piece),
    h("span", {}, shareText(share)),
  );
}
