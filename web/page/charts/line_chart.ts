/**
 * Line charts over the time axis, drawn by uPlot.
 *
 * @module
 */
import uPlot from "npm:uplot@1";
import { colors, onColors } from "../theme.ts";
import type { AxisTimes } from "./axis_times.ts";
import type { Part as ThemePart } from "../../data/theme.ts";
import { compactText } from "../format.ts";

/** A line of a chart. */
export interface Line {
  readonly label: string;
  readonly color: ThemePart;
  readonly values: readonly number[];
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
}

/** What a chart shows. */
export interface LineData {
  readonly times: AxisTimes;
  readonly length: number;
  readonly lines: readonly Line[];
}

/** A chart on the page. */
export interface LineChart {
  /** Draws data. */
  update(data: LineData): void;
}

/** The keys of charts that share a cursor. */
const CURSOR = "jug-time";

/**
 * Draws a chart into an element, as wide as that is.
 *
 * @param readOut Called with the index of the bin under the cursor, `null` if it is elsewhere
 */
export function lineChart(host: HTMLElement, height: number, readOut: (bin: number | null) => void): LineChart {
  let data: LineData | undefined;
  let plot: uPlot | undefined;
  const draw = () => {
    plot?.destroy();
    plot = undefined;
    if (data === undefined || host.clientWidth === 0) return;
    plot = new uPlot(optionsOf(data, { width: host.clientWidth, height }, readOut), pointsOf(data), host);
  };
  onColors(draw);
  new ResizeObserver(() => {
    if (plot === undefined) draw();
    else if (plot.width !== host.clientWidth && host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height });
  }).observe(host);
  return {
    update(next) {
      data = next;
      draw();
    },
  };
}

/** Each value is drawn in the middle of its bin. */
function pointsOf({ length, lines }: LineData): uPlot.AlignedData {
  const count = lines[0]?.values.length ?? 0;
  return [
    Array.from({ length: count }, (_, i) => (i + 0.5) * length / count),
    ...lines.map(({ values }) => [...values]),
  ];
}

function optionsOf(
  { times, length, lines }: LineData,
  size: { readonly width: number; readonly height: number },
  readOut: (bin: number | null) => void,
): uPlot.Options {
  const theme = colors();
  const font = "12px system-ui, sans-serif";
  const grid = { stroke: `${theme.line}33`, width: 1 };
  const axis = { stroke: theme.faint, font, grid, ticks: grid };
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: CURSOR }, points: { size: 6 } },
    scales: { x: { time: false, range: [0, length] }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      { ...axis, space: 90, values: (_, places) => times.labels(places) },
      { ...axis, size: 52, values: (_, values) => values.map(compactText) },
    ],
    series: [
      {},
      ...lines.map(({ label, color, isFilled, isDashed }): uPlot.Series => ({
        label,
        stroke: theme[color],
        width: 1.5,
        points: { show: false },
        ...isFilled ? { fill: `${theme[color]}40` } : {},
        ...isDashed ? { dash: [5, 4] } : {},
      })),
    ],
    hooks: {
      setCursor: [(plot) => readOut(plot.cursor.idx ?? null)],
      // Where time was cut out.
      drawAxes: [(plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = theme.faint;
        ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        for (const cut of times.cuts) {
          const x = plot.valToPos(cut, "x", true);
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
        }
        ctx.stroke();
        ctx.restore();
      }],
    },
  };
}
