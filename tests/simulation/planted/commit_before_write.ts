import type { PlantedBug } from "./planted_bug.ts";

/** The length counts before the data is there. */
export const bug: PlantedBug = {
  title: "a segment is renamed before the frame is written",
  file: "backends/file/segments/segment_writer.ts",
  text: `      const frame = encodeFrame(entries, name.length === 0 ? { processes: [recordOf(owner)] } : {}, allocate);
      if (!write(frame.bytes)) return false;
      const next: SegmentName = { segment, length: name.length + frame.bytes.length, state: "open" };
      if (!rename(next, entries)) return false;
`,
  by: `      const frame = encodeFrame(entries, name.length === 0 ? { processes: [recordOf(owner)] } : {}, allocate);
      const next: SegmentName = { segment, length: name.length + frame.bytes.length, state: "open" };
      if (!rename(next, entries) || !write(frame.bytes)) return false;
`,
};
