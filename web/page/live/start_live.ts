/**
 * Starts a page that follows a server.
 *
 * @module
 */
import type { LiveSettings } from "../../data/live.ts";
import type { ReportData } from "../../data/report_data.ts";
import { mount } from "../page.ts";
import { connectionSign } from "./connection_sign.ts";
import { Server } from "./server.ts";
import { taskListPart } from "./task_list.ts";
import { taskPanel } from "./task_panel.ts";

/** Shows the data, and what the server sends after it. */
export function startLive(data: ReportData, settings: LiveSettings): void {
  const server = new Server(settings);
  const panel = taskPanel(server);
  const tools = { openTask: panel.open };
  const page = mount(data, tools, [taskListPart(server, tools)]);
  const sign = connectionSign();
  document.querySelector(".titles")?.append(sign.element);
  document.body.append(panel.element);
  server.follow(page.update, sign.show);
}
