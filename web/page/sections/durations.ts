/**
 * How the durations of each function are distributed.
 *
 * @module
 */
import type { ReportFunction } from "../../data/report_data.ts";
import { fill, h, keyedList, svg } from "../dom.ts";
import { counted, countText, durationText } from "../format.ts";
import { nameLabel, type Part, section } from "../part.ts";
import { table } from "../table.ts";

/** How many functions are shown at first. */
const SHOWN = 12;
/** The size of a histogram, in pixels of its own. */
const WIDTH = 260;
const HEIGHT = 84;

interface Histogram {
  readonly own: ReportFunction;
  readonly borders: readonly number[];
}

/** A bin of one of the functions, as a line of the table. */
interface BinRow {
  readonly bin: number;
  readonly upTo: number;
  readonly counts: readonly number[];
}

/** Returns the section. */
export function durationsPart(): Part {
  const { element, body } = section(
    "durations",
    "Durations",
    "How many runs took how long. All charts have the same logarithmic scale of time; the line is the median.",
  );
  const none = h("p", { class: "faint" }, "No result is stored yet.");
  const [first, others] = [h("div", { class: "histograms" }), h("div", { class: "histograms" })];
  const more = h("summary");
  const rest = h("details", {}, more, others);
  const numbers = h("details", {}, h("summary", {}, "As a table"));
  const [showFirst, showOthers] = [histogramList(first), histogramList(others)];
  body.append(none, first, rest, numbers);
  return {
    element,
    uses: ["functions"],
    update({ functions: { list, borders } }) {
      const all = list.filter(({ runs }) => runs > 0).map((own): Histogram => ({ own, borders }));
      none.hidden = all.length > 0;
      showFirst(all.slice(0, SHOWN));
      showOthers(all.slice(SHOWN));
      rest.hidden = all.length <= SHOWN;
      fill(more, counted(all.length - SHOWN, "more function"));
      numbers.hidden = all.length === 0;
      numbers.replaceChildren(h("summary", {}, "As a table"), ...binTable(all.slice(0, SHOWN), borders));
    },
  };
}

function histogramList(parent: HTMLElement): (items: readonly Histogram[]) => void {
  return keyedList<Histogram, HTMLElement>(parent, {
    keyOf: ({ own }) => own.name,
    create: () => h("figure", { class: "histogram" }),
    update: (element, histogram) => fill(element, ...drawn(histogram)),
  });
}

function drawn({ own, borders }: Histogram): readonly Node[] {
  const { name, runs, spread, histogram } = own;
  const most = histogram.reduce((most, count) => Math.max(most, count), 1);
  const width = WIDTH / Math.max(1, histogram.length);
  const bars = histogram.map((count, bin) => {
    // A single run among many is still seen.
    const height = count === 0 ? 0 : Math.max(2, count / most * (HEIGHT - 4));
    const gap = Math.min(1, width / 5);
    return count > 0 && svg("rect", {
      class: "histogram-bar",
      x: bin * width + gap / 2,
      y: HEIGHT - height,
      width: width - gap,
      height,
    }, svg("title", {}, `${binText(borders, bin)}: ${counted(count, "run")}`));
  });
  const median = spread === null ? undefined : placeOf(spread.median, borders) * width;
  const line = median !== undefined &&
    svg("line", { class: "histogram-median", x1: median, x2: median, y1: 0, y2: HEIGHT });
  const label = spread === null
    ? counted(runs, "run")
    : `Durations of ${counted(runs, "run")} of ${name}: half took at most ${
      durationText(spread.median)
    }, 95 % at most ${durationText(spread.p95)}, the longest ${durationText(spread.longest)}`;
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    ...bars,
    line,
  );
  const ends = [borders[0] ?? 0, borders.at(-1) ?? 0].map(durationText);
  return [
    h("figcaption", {}, nameLabel(name), h("span", { class: "faint" }, ` ${counted(runs, "run")}`)),
    picture,
    h(
      "div",
      { class: "ends faint", "aria-hidden": "true" },
      h("span", {}, ends[0]),
      h("span", {}, spread === null ? "" : `median ${durationText(spread.median)}`),
      h("span", {}, ends[1]),
    ),
  ];
}

/** Returns where a duration is between the borders, in bins. */
function placeOf(duration: number, borders: readonly number[]): number {
  const bin = Math.max(0, borders.findIndex((border) => duration <= border) - 1);
  const [low, high] = [borders[bin] ?? 0, borders[bin + 1] ?? 0];
  if (!(high > low)) return bin;
  const part = low > 0 ? Math.log(duration / low) / Math.log(high / low) : duration / high;
  return bin + Math.min(1, Math.max(0, part));
}

function binText(borders: readonly number[], bin: number): string {
  const [low = 0, high = 0] = [borders[bin], borders[bin + 1]];
  return low === 0 ? `up to ${durationText(high)}` : `${durationText(low)} to ${durationText(high)}`;
}

function binTable(shown: readonly Histogram[], borders: readonly number[]): readonly Node[] {
  if (shown.length === 0) return [];
  const columns = shown.map(({ own: { name } }, i) => ({
    title: name,
    isNumber: true,
    cell: ({ counts }: BinRow) => countText(counts[i] ?? 0),
  }));
  const bins = table<BinRow>(
    "Runs by duration",
    [{ title: "Up to", cell: ({ upTo }) => durationText(upTo) }, ...columns],
    ({ bin }) => String(bin),
  );
  bins.update(
    borders.slice(1).map((upTo, bin) => ({
      bin,
      upTo,
      counts: shown.map(({ own }) => own.histogram[bin] ?? 0),
    })),
  );
  return [bins.element];
}
