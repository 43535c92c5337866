/**
 * The script of a worker job.
 *
 * @module
 */
import { shellWord } from "./shell_word.ts";
import type { Launch } from "./job.ts";

/** What a scheduler needs in its scripts. */
export interface ScriptParts {
  /** The job's id in a shell, as in `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`. */
  readonly id: string;
  /** How the job was submitted, for the comment. */
  readonly submitted?: string;
  /** Further lines before the worker starts. */
  readonly lines?: readonly string[];
}

/** Returns the script. The shell is replaced by the worker, so that signals reach it. */
export function jobScript(launch: Launch, { id, submitted, lines = [] }: ScriptParts): string {
  const about = [...launch.about, ...submitted === undefined ? [] : [`Submitted by: ${submitted}`]];
  return [
    "#!/bin/sh",
    ...about.map((line) => `# ${line.replaceAll(/\s/g, " ")}`),
    ...lines,
    `cd ${shellWord(launch.folder)} || exit 1`,
    `exec ${launch.program} execute --job "${launch.name}:${id}" ${launch.words}`,
    "",
  ].join("\n");
}
