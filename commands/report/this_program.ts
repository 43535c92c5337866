/**
 * The program that makes a report.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { ReportProgram } from "../../engine/report/environment.ts";

/** Returns the versions of this program. */
export function thisProgram(): ReportProgram {
  const { os, arch } = Deno.build;
  return { jug: config.version, deno: Deno.version.deno, platform: `${os} ${arch}` };
}
