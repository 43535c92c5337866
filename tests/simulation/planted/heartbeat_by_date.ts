import type { PlantedBug } from "./planted_bug.ts";

/** The server's time is compared with the observer's date. */
export const bug: PlantedBug = {
  title: "a heartbeat is judged by the local clock",
  file: "backends/file/liveness.ts",
  text: `    if (ms >= lease) return "dead";
`,
  by: `    if (Date.now() - (files.stat(layout.worker(owner))?.mtime ?? 0) >= lease) return "dead";
`,
};
