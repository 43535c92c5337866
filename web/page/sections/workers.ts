/**
 * The workers: what each ran over time, and how idle it was.
 *
 * @module
 */
import type { ReportData, ReportWorker } from "../../data/report_data.ts";
import { AxisTimes } from "../charts/axis_times.ts";
import { type Lane, lane, type LaneSpot } from "../charts/lane.ts";
import { colorOf, COLORS } from "../charts/palette.ts";
import { fill, h, keyedList, setText } from "../dom.ts";
import { counted, countText, durationText, shareText, timeText } from "../format.ts";
import { type Part, section } from "../part.ts";
import { table } from "../table.ts";
import { onColors } from "../theme.ts";

/** Returns the section. */
export function workersPart(): Part {
  const { element, body } = section(
    "workers",
    "Workers",
    "A worker is there from the start of its process to its end, and busy while it runs a task. The rest is idle time: " +
      "loading, storing, waiting.",
  );
  const summary = h("p");
  const colorsList = h("ul", { class: "legend" });
  const list = h("div", {
    class: "lanes",
    role: "img",
    "aria-label": "What each worker ran over time; the table below has the sums",
  });
  const times = h("div", { class: "ends faint", "aria-hidden": "true" });
  const readOut = h("p", { class: "read-out", "aria-hidden": "true" });
  let shown: ReportData | undefined;
  const lanes = new Map<string, Lane>();
  const showLanes = keyedList<ReportWorker, HTMLElement>(list, {
    keyOf: ({ name }) => name,
    create({ name }) {
      const own = lane();
      lanes.set(name, own);
      own.canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
        const spot = own.at(offsetX, offsetY);
        setText(readOut, spot === undefined || shown === undefined ? "" : `${name} · ${spotText(shown, spot)}`);
      });
      return h(
        "div",
        { class: "lane" },
        h("span", { class: "lane-name" }),
        h("span", { class: "lane-idle" }),
        own.canvas,
      );
    },
    update(row, { name, idle }) {
      const [label, share] = [row.children[0], row.children[1]];
      if (label !== undefined) setText(label, name);
      if (share !== undefined) setText(share, idle === null ? "" : `idle ${shareText(idle)}`);
    },
  });
  const numbers = table<ReportWorker>("Workers", [
    { title: "Worker", cell: ({ name }) => name, order: ({ name }) => name },
    { title: "Runs", isNumber: true, cell: ({ runs }) => countText(runs), order: ({ runs }) => runs },
    { title: "Busy", isNumber: true, cell: ({ busy }) => durationText(busy), order: ({ busy }) => busy },
    { title: "There", isNumber: true, cell: ({ present }) => durationText(present), order: ({ present }) => present },
    { title: "Idle", isNumber: true, cell: ({ idle }) => shareText(idle), order: ({ idle }) => idle ?? -1 },
  ], ({ name }) => name);
  const rest = h("p", { class: "faint" });
  const details = h("details", {}, h("summary", {}, "As a table"), numbers.element);
  body.append(summary, colorsList, list, times, readOut, rest, details);

  const draw = () => {
    if (shown === undefined) return;
    const length = shown.axis?.length ?? 0;
    for (const worker of shown.workers.list) if (length > 0) lanes.get(worker.name)?.draw({ worker, length });
    fill(colorsList, ...legendOf(shown));
  };
  onColors(draw);
  new ResizeObserver(draw).observe(list);

  return {
    element,
    uses: ["workers", "axis"],
    update(data) {
      shown = data;
      const { axis, workers: { list: all, count, idle, leftOut, lanes: kind } } = data;
      const isEmpty = count === 0;
      for (const part of [list, times, readOut, details, colorsList]) part.hidden = isEmpty;
      setText(
        summary,
        isEmpty
          ? "No worker is known."
          : `${counted(count, "worker")}, idle ${shareText(idle)} of the time in which they were there.`,
      );
      showLanes(all);
      setText(
        readOut,
        kind === "bins"
          ? "Each column is a part of the time: as high as the worker was busy, in the colour of what it ran most."
          : "Each bar is a run.",
      );
      if (axis !== null) {
        const ends = new AxisTimes(axis);
        fill(times, h("span", {}, timeText(ends.time(0))), h("span", {}, timeText(ends.time(axis.length))));
      }
      numbers.update(all);
      rest.hidden = leftOut === 0;
      setText(rest, `${counted(leftOut, "more worker")}, which ${leftOut === 1 ? "was" : "were"} there for less time.`);
      draw();
    },
  };
}

function legendOf({ workers: { names, list, lanes } }: ReportData): readonly Node[] {
  const used = new Set(
    list.flatMap(({ bars, bins }) => [...bars.map(({ name }) => name), ...bins.map(([, name]) => name)]),
  );
  const entries = [...used].filter((name) => name >= 0 && name < COLORS).sort((a, b) => a - b)
    .map((name) => entry(colorOf(name), names[name] ?? ""));
  if ([...used].some((name) => name >= COLORS)) entries.push(entry(colorOf(COLORS), "other functions"));
  if (lanes === "bars" && list.some(({ bars }) => bars.some(({ kind }) => kind === "failure"))) {
    entries.push(h("li", {}, h("span", { class: "dot failed", "aria-hidden": "true" }), "failed"));
  }
  return entries;
}

function entry(color: string, text: string): HTMLElement {
  const dot = h("span", { class: "dot", "aria-hidden": "true" });
  dot.style.backgroundColor = color;
  return h("li", {}, dot, text);
}

function spotText({ axis, workers: { names } }: ReportData, spot: LaneSpot): string {
  if (axis === null) return "";
  const times = new AxisTimes(axis);
  switch (spot.kind) {
    case "bar": {
      const { at, length, name, kind, args, hash } = spot.bar;
      const call = name < 0 ? hash.slice(0, 8) : `${names[name]}${args === null ? "" : `(${args})`}`;
      const how = kind === "result" ? "" : kind === "failure" ? ", failed" : ", running";
      return `${timeText(times.time(at))} · ${durationText(length)}${how} · ${call}`;
    }
    case "bin": {
      const { from, busy, name } = spot;
      return `from ${timeText(times.time(from))} · busy ${busy} %${name < 0 ? "" : ` · mostly ${names[name]}`}`;
    }
  }
}
