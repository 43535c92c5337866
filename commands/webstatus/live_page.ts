/**
 * The page of the dashboard: that of `jug report`, with the settings with which it follows the jugdir.
 *
 * @module
 */
import type { LiveSettings } from "../../web/data/live.ts";
import type { ReportData } from "../../web/data/report_data.ts";
import { contentPolicy, pageHtml } from "../report/page_html.ts";
import type { LivePage } from "./routes.ts";

/** Returns the page with its data and settings. */
export function livePage(data: ReportData, live: LiveSettings): LivePage {
  // A policy in the page cannot forbid frames.
  return { html: pageHtml({ data, live, title: "jug" }), policy: `${contentPolicy(true)}; frame-ancestors 'none'` };
}
