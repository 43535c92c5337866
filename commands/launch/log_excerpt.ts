/**
 * The end of a worker's log, for a message.
 *
 * @module
 */
import { plainLine } from "../display/plain.ts";

/** How much of a log is read, in bytes, and how many lines are shown. */
const BYTES = 4096;
const LINES = 15;

/** Returns the last lines of a log, without what could change the terminal. */
export async function lastLines(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    using log = await Deno.open(file);
    const { size } = await log.stat();
    await log.seek(Math.max(0, size - BYTES), Deno.SeekMode.Start);
    text = await new Response(log.readable).text();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return ["  (there is none: the job did not start, or the folder cannot be written there)"];
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "").slice(-LINES);
  return lines.length === 0 ? ["  (it is empty)"] : lines.map((line) => `  ${plainLine(line)}`);
}
