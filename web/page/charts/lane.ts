/**
 * The lane of a worker: what it ran, over the time axis.
 *
 * @module
 */
import type { ReportBar, ReportWorker } from "../../data/report_data.ts";
import { h } from "../dom.ts";
import { colors } from "../theme.ts";
import { colorOf } from "./palette.ts";

/** The height of one row of bars, and of a lane of bins, in pixels. */
const ROW = 14;
const BINS = 20;
/** The most rows that are drawn apart. */
const ROWS = 8;

/** A lane to draw. */
export interface LaneData {
  readonly worker: ReportWorker;
  /** The length of the axis. */
  readonly length: number;
}

/** A part of a lane. */
export type LaneSpot =
  | { readonly kind: "bar"; readonly bar: ReportBar }
  | { readonly kind: "bin"; readonly from: number; readonly to: number; readonly busy: number; readonly name: number };

/** A lane on the page. */
export interface Lane {
  readonly canvas: HTMLCanvasElement;
  draw(data: LaneData): void;
  /** Returns what is at this place of the canvas, in pixels of the page. */
  at(x: number, y: number): LaneSpot | undefined;
}

/** Returns a new lane. */
export function lane(): Lane {
  const canvas = h("canvas", { "aria-hidden": "true" });
  let data: LaneData | undefined;
  return {
    canvas,
    draw(next) {
      data = next;
      drawLane(canvas, next);
    },
    at(x, y) {
      if (data === undefined) return undefined;
      const { worker, length } = data;
      const place = x / canvas.clientWidth * length;
      const bin = Math.floor(place / length * worker.bins.length);
      const found = worker.bins[bin];
      if (found !== undefined) {
        const width = length / worker.bins.length;
        return { kind: "bin", from: bin * width, to: (bin + 1) * width, busy: found[0], name: found[1] };
      }
      const row = Math.floor(y / ROW);
      // Short bars are drawn a pixel wide, and are found around it.
      const near = 2 / canvas.clientWidth * length;
      const bar = worker.bars.find((bar) =>
        Math.min(bar.row, ROWS - 1) === row && place >= bar.at - near && place <= bar.at + bar.length + near
      );
      return bar && { kind: "bar", bar };
    },
  };
}

function heightOf({ bins, rows }: ReportWorker): number {
  return bins.length > 0 ? BINS : ROW * Math.min(ROWS, rows);
}

function drawLane(canvas: HTMLCanvasElement, { worker, length }: LaneData): void {
  const [width, height] = [canvas.clientWidth, heightOf(worker)];
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (context === null || width === 0) return;
  context.scale(ratio, ratio);
  const theme = colors();
  const scale = width / length;
  context.fillStyle = `${theme.line}24`;
  for (const [from, to] of worker.spans) context.fillRect(from * scale, 0, Math.max(1, (to - from) * scale), height);
  for (const [i, [busy, name]] of worker.bins.entries()) {
    if (busy === 0) continue;
    const part = width / worker.bins.length;
    const high = Math.max(1.5, height * busy / 100);
    context.fillStyle = colorOf(name);
    context.fillRect(i * part, height - high, part + 0.3, high);
  }
  for (const bar of worker.bars) {
    const [x, y] = [bar.at * scale, Math.min(bar.row, ROWS - 1) * ROW];
    const long = Math.max(1, bar.length * scale - 0.5);
    context.fillStyle = bar.kind === "failure" ? theme.failed : colorOf(bar.name);
    context.globalAlpha = bar.kind === "running" ? 0.55 : 1;
    context.fillRect(x, y + 1, long, ROW - 2);
    context.globalAlpha = 1;
  }
}
