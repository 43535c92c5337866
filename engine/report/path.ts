/**
 * The critical path of a report.
 *
 * @module
 */
import type { ReportPath } from "../../web/data/report_data.ts";
import type { MeasuredPath, PathStep } from "../analysis/measure.ts";
import { roundedTime } from "./rounding.ts";

/** The most steps, half of them from the beginning and half from the end. */
const STEPS = 100;

/** Returns the path; `null` if there is none. */
export function pathOf(path: MeasuredPath | undefined, showsArguments: boolean): ReportPath | null {
  if (path === undefined || path.count === 0) return null;
  const { steps } = path;
  const shown = steps.length <= STEPS ? steps : [...steps.slice(0, STEPS / 2), ...steps.slice(-STEPS / 2)];
  return {
    total: roundedTime(path.total),
    count: path.count,
    steps: shown.map(({ name, count, total, hash, args }: PathStep) => ({
      name,
      count,
      total: roundedTime(total),
      first: { hash, name, args: showsArguments ? args ?? null : null },
    })),
    leftOut: steps.length - shown.length,
  };
}
