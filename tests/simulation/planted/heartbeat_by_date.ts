import type { PlantedBug } from "./planted_bug.ts";

/** The server's time is compared with the observer's date. */
export const bug: PlantedBug = {
  title: "a heartbeat is judged by the local clock",
  file: "backends/file/owners/owner_liveness.ts",
  text: `    const leaseMs = home?.leaseMs;
`,
  by: `    const age = Date.now() - (files.stat(layout.worker(owner))?.mtime ?? 0);
    const leaseMs = age >= (home?.leaseMs ?? 30_000) ? 0 : Infinity;
`,
};
