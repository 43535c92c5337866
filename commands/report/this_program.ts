/**
 * The program that makes a report.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { ReportProgram } from "../../engine/report/environment.ts";

/** Returns the versions of this program, and what it runs on. */
export function thisProgram(): ReportProgram {
  return { jug: config.version, deno: Deno.version.deno, platform: Deno.build.target };
}
