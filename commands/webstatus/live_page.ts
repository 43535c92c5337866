/**
 * The page of the dashboard.
 *
 * @module
 */
import type { LiveSettings } from "../../web/data/live.ts";
import type { ReportData } from "../../web/data/report_data.ts";
import type { LivePage } from "./routes.ts";

/** Returns the page with its data and settings. */
export function livePage(data: ReportData, settings: LiveSettings): LivePage {
  return {
    html: `<!doctype html><title>jug</title><pre>${JSON.stringify([data, settings]).replaceAll("<", "&lt;")}</pre>`,
    policy: "default-src 'none'",
  };
}
