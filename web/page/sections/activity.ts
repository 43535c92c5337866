/**
 * What happened over time: running and ready tasks, workers, and how idle they were.
 *
 * @module
 */
import type { ReportData } from "../../data/report_data.ts";
import { AxisTimes } from "../charts/axis_times.ts";
import { type Line, lineChart } from "../charts/line_chart.ts";
import { h, setText } from "../dom.ts";
import { countText, durationText, shareText, timeText } from "../format.ts";
import { type Part, section } from "../part.ts";
import { table } from "../table.ts";

/** How many lines the table has. */
const ROWS = 20;

/** Equal parts of the axis as a line of the table. */
interface Slice {
  readonly from: number;
  readonly running: number;
  readonly ready: number | null;
  readonly workers: number;
  readonly idle: number | null;
}

/** Returns the section. */
export function activityPart(): Part {
  const { element, body } = section(
    "activity",
    "Over time",
    "Averages over equal parts of the time in which workers were there. Dotted lines mark where time without any was cut out.",
  );
  const none = h("p", { class: "faint" }, "Nothing was run yet.");
  const [runningHost, readyHost] = [
    chartHost("Tasks that ran, and workers, over time"),
    chartHost("Ready tasks over time"),
  ];
  const readOut = h("p", { class: "read-out", "aria-hidden": "true" });
  let shown: ReportData | undefined;
  const show = (bin: number | null) => setText(readOut, shown === undefined ? "" : readOutText(shown, bin));
  const running = lineChart(runningHost, 190, show);
  const ready = lineChart(readyHost, 130, show);
  const runningLegend = legend([["running", "running tasks"], ["workers", "workers"]]);
  const readyTitle = legend([["ready", "ready tasks, which wait for a worker"]]);
  const numbers = table<Slice>("Activity over time", [
    { title: "From", cell: ({ from }) => timeText(from) },
    { title: "Running", isNumber: true, cell: ({ running }) => decimal(running) },
    { title: "Ready", isNumber: true, cell: ({ ready }) => ready === null ? "–" : decimal(ready) },
    { title: "Workers", isNumber: true, cell: ({ workers }) => decimal(workers) },
    { title: "Idle", isNumber: true, cell: ({ idle }) => shareText(idle) },
  ], ({ from }) => String(from));
  const charts = h(
    "div",
    {},
    runningLegend,
    runningHost,
    readyTitle,
    readyHost,
    readOut,
    h("details", {}, h("summary", {}, "As a table"), numbers.element),
  );
  body.append(none, charts);
  return {
    element,
    uses: ["axis", "activity"],
    update(data) {
      shown = data;
      const { axis, activity } = data;
      none.hidden = activity !== null && axis !== null;
      charts.hidden = !none.hidden;
      if (activity === null || axis === null) return;
      const times = new AxisTimes(axis);
      const lines: Line[] = [
        { label: "Running", color: "running", values: activity.running, isFilled: true },
        { label: "Workers", color: "line", values: activity.workers, isDashed: true },
      ];
      running.update({ times, length: axis.length, lines });
      readyTitle.hidden = readyHost.hidden = activity.ready === null;
      if (activity.ready !== null) {
        const values = activity.ready;
        ready.update({
          times,
          length: axis.length,
          lines: [{ label: "Ready", color: "ready", values, isFilled: true }],
        });
      }
      numbers.update(slicesOf(data, times));
      show(null);
    },
  };
}

function chartHost(label: string): HTMLElement {
  return h("div", { class: "chart", role: "img", "aria-label": `${label}; the table below has the numbers` });
}

function legend(entries: readonly (readonly [part: string, text: string])[]): HTMLElement {
  return h(
    "ul",
    { class: "legend chart-legend" },
    ...entries.map(([part, text]) => h("li", {}, h("span", { class: `dot ${part}`, "aria-hidden": "true" }), text)),
  );
}

function decimal(value: number): string {
  return value >= 100 ? countText(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function readOutText({ axis, activity }: ReportData, bin: number | null): string {
  if (axis === null || activity === null) return "";
  const width = axis.length / activity.running.length;
  if (bin === null) return `Each point is the average over ${durationText(width)}.`;
  const idle = activity.idle[bin] ?? null;
  const parts = [
    timeText(new AxisTimes(axis).time((bin + 0.5) * width)),
    `${decimal(activity.running[bin] ?? 0)} running`,
    ...activity.ready === null ? [] : [`${decimal(activity.ready[bin] ?? 0)} ready`],
    `${decimal(activity.workers[bin] ?? 0)} workers`,
    ...idle === null ? [] : [`idle ${shareText(idle)}`],
  ];
  return parts.join(" · ");
}

function slicesOf({ axis, activity }: ReportData, times: AxisTimes): readonly Slice[] {
  if (axis === null || activity === null) return [];
  const per = Math.max(1, Math.floor(activity.running.length / ROWS));
  const mean = (values: readonly number[], at: number) => {
    const part = values.slice(at, at + per);
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  };
  return Array.from({ length: Math.ceil(activity.running.length / per) }, (_, row): Slice => {
    const at = row * per;
    const idle = activity.idle.slice(at, at + per).filter((share) => share !== null);
    return {
      from: times.time(at * axis.length / activity.running.length),
      running: mean(activity.running, at),
      ready: activity.ready === null ? null : mean(activity.ready, at),
      workers: mean(activity.workers, at),
      idle: idle.length === 0 ? null : mean(idle, 0),
    };
  });
}
