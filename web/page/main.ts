/**
 * Starts the page: reads the data that is embedded in it, and shows them.
 *
 * @module
 */
import { DATA_ELEMENT, LIVE_ELEMENT, type LiveSettings } from "../data/live.ts";
import { REPORT_VERSION, type ReportData } from "../data/report_data.ts";
import { h } from "./dom.ts";
import { startLive } from "./live/start_live.ts";
import { mount } from "./page.ts";

/** Whether this is the data of a report of this version. The command that made the page has made both. */
function isReport(value: unknown): value is ReportData {
  return typeof value === "object" && value !== null && "version" in value && value.version === REPORT_VERSION;
}

function isSettings(value: unknown): value is LiveSettings {
  return typeof value === "object" && value !== null && "token" in value && "actionToken" in value;
}

const data: unknown = JSON.parse(document.getElementById(DATA_ELEMENT)?.textContent ?? "null");
const live: unknown = JSON.parse(document.getElementById(LIVE_ELEMENT)?.textContent ?? "null");
if (isReport(data) && isSettings(live)) startLive(data, live);
else if (isReport(data)) mount(data, { openTask: undefined });
else document.body.replaceChildren(h("p", {}, "This page holds no data that it can show."));
