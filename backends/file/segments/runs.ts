/**
 * Lists the runs that led to the present results and failures. It reads the indexes of all segments, and no result.
 *
 * @module
 */
import type { RunEntry } from "../../backend.ts";
import type { FrameIndex } from "./frame.ts";
import { isAt } from "./result_index.ts";
import type { Segments } from "./segments.ts";

/** Yields the runs, in one batch for each frame. */
export function* listRuns(segments: Segments): Generator<readonly RunEntry[]> {
  segments.refresh();
  for (const { segment } of segments.all()) {
    for (const { index, payloadsAt } of segments.frames(segment)) {
      const batch = [...runsOf(segments, segment, index, payloadsAt)];
      if (batch.length > 0) yield batch;
    }
  }
}

function* runsOf({ index }: Segments, segment: string, frame: FrameIndex, payloadsAt: number): Generator<RunEntry> {
  let position = payloadsAt;
  for (let i = 0; i < frame.count; i++) {
    const [kind, info, size, at] = [frame.kind(i), frame.info(i), frame.size(i), position];
    if (!frame.hasOwnFile(i)) position += size;
    if (info === undefined || kind !== "result" && kind !== "failure") continue;
    const hash = frame.hash(i);
    const place = kind === "result" ? index.result(hash) : index.failure(hash);
    // A merged segment may be listed beside those that it replaces.
    if (isAt(place, segment, at) && place?.sequence === frame.sequence(i)) yield { hash, kind, size, ...info };
  }
}
