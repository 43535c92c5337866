/**
 * Failures: similar ones in groups, with stack and output.
 *
 * @module
 */
import type { ReportFailedTask, ReportFailureGroup } from "../../data/report_data.ts";
import { fill, h, keyedList, setText } from "../dom.ts";
import { counted, countText, timeText } from "../format.ts";
import { block, type PageTools, type Part, section, taskLabel } from "../part.ts";

/** Returns the section. */
export function failuresPart(tools: PageTools): Part {
  const { element, body } = section("failures", "Failures");
  const none = h("p", { class: "faint" }, "No task failed.");
  const list = h("div", { class: "groups" });
  const rest = h("p", { class: "faint" });
  const show = keyedList<ReportFailureGroup, HTMLDetailsElement>(list, {
    keyOf: ({ error, message, stack }) => JSON.stringify([error, message, stack]),
    create: (group) => h("details", { class: "group" }, h("summary"), ...groupBody(group)),
    update(details, { count, message, tasks }) {
      const [summary, ,] = details.children;
      const [head = ""] = message.split("\n");
      if (summary !== undefined) {
        fill(
          summary,
          h("span", { class: "badge failed" }, countText(count), h("span", { class: "unseen" }, " times")),
          h("span", { class: "message" }, head),
        );
      }
      const place = details.querySelector(".group-tasks");
      if (place !== null) fill(place, ...taskItems(tasks, count, tools));
    },
  });
  body.append(none, list, rest);
  return {
    element,
    uses: ["failures"],
    update({ failures: { count, groups, leftOut, unread, unreadable } }) {
      none.hidden = count + unreadable > 0;
      show(groups);
      const notes = [
        ...leftOut > 0 ? [`${counted(leftOut, "more group")} with fewer failures.`] : [],
        ...unread > 0 ? [`${counted(unread, "more failure")} were not read, because there are so many.`] : [],
        ...unreadable > 0
          ? [`${counted(unreadable, "failure")} cannot be read: damaged, or written by a newer jug.`]
          : [],
      ];
      rest.hidden = notes.length === 0;
      setText(rest, notes.join(" "));
    },
  };
}

function groupBody({ message, stack, log }: ReportFailureGroup): readonly Node[] {
  const parts: Node[] = [];
  if (message.includes("\n")) parts.push(h("h3", {}, "Message"), block("Message", message));
  if (stack !== "") parts.push(h("h3", {}, "Stack of the first"), block("Stack", stack));
  if (log !== null) parts.push(h("h3", {}, "End of its output"), block("Output", log));
  return [...parts, h("h3", {}, "Tasks"), h("ul", { class: "group-tasks" })];
}

function taskItems(tasks: readonly ReportFailedTask[], count: number, tools: PageTools): readonly Node[] {
  const items = tasks.map((task) => {
    const { time, host, pid, attempt, isKept } = task;
    const facts = [
      timeText(time),
      ...host === null ? [] : [host],
      ...pid === null ? [] : [`process ${pid}`],
      `attempt ${attempt}`,
      ...isKept ? ["kept"] : [],
    ];
    return h("li", {}, taskLabel(task, tools), " ", h("span", { class: "faint small" }, facts.join(" · ")));
  });
  if (count > tasks.length) items.push(h("li", { class: "faint" }, `and ${countText(count - tasks.length)} more`));
  return items;
}
