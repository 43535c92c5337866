/**
 * When the process has to end: by `--time`, by `--deadline`, or because the scheduler ends its job.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { TimeFrame } from "../../engine/limits/time_left.ts";
import { durationText } from "../../engine/progress/throughput.ts";
import type { CommandContext } from "../cli/command.ts";
import { clockSeconds } from "./time_span.ts";
import type { EndingOptions } from "./ending_options.ts";

/** The time of this process, and what limits it. */
export interface KnownTimeFrame extends TimeFrame {
  /** For messages: `--time 2h`. */
  readonly by: string;
}

/** Runs a program; returns what it prints, or `undefined` if it fails, or must not be run without a question. */
export type Ask = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** What {@linkcode timeFrame} works with. */
export interface TimeFrameParts extends Pick<CommandContext, "env" | "now" | "say"> {
  /** When the process was started, in milliseconds since 1970. */
  readonly started: number;
  readonly ask: Ask;
}

/** Slurm on a busy head node answers late, or not at all. In milliseconds. */
const ASK_MS = 5000;

/**
 * Returns the time of this process: the earliest of the ends that are known. `undefined`: it is not limited.
 *
 * @param findsJob Whether to look for the end of a job
 * @throws {JugError} of kind "usage" if the deadline is in the past.
 */
export async function timeFrame(
  { timeMs, timeText, deadline, deadlineText }: EndingOptions,
  findsJob: boolean,
  parts: TimeFrameParts,
): Promise<KnownTimeFrame | undefined> {
  const { started, now, say } = parts;
  const ends: { readonly end: number; readonly by: string }[] = [];
  if (timeMs !== undefined) ends.push({ end: started + timeMs, by: `--time ${timeText}` });
  if (deadline !== undefined) {
    if (deadline <= now().getTime()) {
      throw new JugError("usage", `option '--deadline' is ${deadlineText}, which is in the past`, {
        remedy: "Give a later time, or leave it out",
      });
    }
    ends.push({ end: deadline, by: `--deadline ${deadlineText}` });
  }
  const job = findsJob ? await jobEnd(parts) : undefined;
  if (job !== undefined) ends.push(job);
  const [first] = ends.toSorted((one, other) => one.end - other.end);
  if (first === undefined) return undefined;
  if (first === job) {
    say(`the Slurm job ends in ${durationText(first.end - now().getTime())}: no task begins that takes longer`);
  }
  return first;
}

/** Returns when Slurm ends the job that this process belongs to, if that is known. */
async function jobEnd({ env, now, ask }: TimeFrameParts): Promise<{ end: number; by: string } | undefined> {
  const by = "the end of the Slurm job";
  const seconds = env("SLURM_JOB_END_TIME");
  if (seconds !== undefined && /^\d{1,12}$/.test(seconds)) return { end: 1000 * Number(seconds), by };
  // Before version 23.02, Slurm sets no variable.
  const id = env("SLURM_JOB_ID");
  if (id === undefined || !/^\d{1,20}$/.test(id)) return undefined;
  // Words such as UNLIMITED stand for no limit.
  const left = clockSeconds(await ask("squeue", ["-h", "-j", id, "-o", "%L"]) ?? "");
  return left === undefined ? undefined : { end: now().getTime() + 1000 * left, by };
}

/** Runs a program if that is permitted without a question. */
export async function askProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "run", command: program });
  if (state !== "granted") return undefined;
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(ASK_MS),
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    // Without the program there is no Slurm on this machine.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
