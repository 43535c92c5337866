/**
 * What jug says to a scheduler, and what it hears from it. An adapter (adapters/) writes calls of programs and reads
 * their output; it runs nothing itself.
 *
 * @module
 */

/** What a program wrote, and its exit status. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call of a program. */
export interface Call<Result> {
  /** The program and its arguments. No shell reads them. */
  readonly argv: readonly string[];
  /** Its input. @default "" */
  readonly stdin?: string;
  /** Files to write before, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Reads the output. Called if the exit status is 0, or is one of `statuses`.
   *
   * @throws {JugError} of kind "backend" if the output does not have the form that is expected
   */
  read(output: Output): Result;
  /** Exit statuses other than 0 that mean no failure. */
  readonly statuses?: readonly number[];
}

/** A worker job, as the scheduler knows it. */
export interface Job {
  /** The scheduler's id; the worker's `--job` ends with it. */
  readonly id: string;
  /** The name that it was submitted under. */
  readonly name: string;
  /** `ending`: it was told to end, or has ended. */
  readonly state: "waiting" | "running" | "ending";
  /** How long it has run, in seconds, if known. */
  readonly seconds?: number | undefined;
  /** The scheduler's own word for its state, or where it runs. */
  readonly note?: string | undefined;
}

/** What a scheduler allows. */
export interface Limits {
  /** How many jobs one submission may have. */
  readonly array: number;
}

/** The workers that are to be submitted, apart from their number. */
export interface Launch {
  /** The name of the jobs. */
  readonly name: string;
  /** The names of all jobs that work on the jugdir: those of other classes, too. */
  readonly names: readonly string[];
  /** The folder that workers start in. */
  readonly folder: string;
  /** The folder of their logs. */
  readonly logs: string;
  /** Comment lines for the script, without `#`. */
  readonly about: readonly string[];
  /** The words that start jug, quoted for a shell. */
  readonly program: string;
  /** The words after `execute`, quoted for a shell: the jugfile, options, and arguments of the jugfile. */
  readonly words: string;
  /** How long a job may run, in seconds; `undefined` for as long as the scheduler lets it. */
  readonly seconds: number | undefined;
  /** How long before the end a worker is told to drain, in seconds. */
  readonly grace: number;
  /** The number of threads; `undefined` for one per processor. */
  readonly workers: number | undefined;
  /** What the user wrote after `--`. */
  readonly extra: readonly string[];
}

/** Jobs to be submitted together. */
export interface Batch {
  readonly count: number;
  /** The jobs that are there already. */
  readonly jobs: readonly Job[];
}

/** How a batch is submitted. */
export interface Submission {
  /** The script or manifest, for people. */
  readonly script: string;
  /** Asks the scheduler whether it would take the batch, if it can be asked. */
  readonly check?: Call<void>;
  /** Each returns the ids of the jobs that it submitted. */
  readonly calls: readonly Call<readonly string[]>[];
}

/**
 * Which jobs are cancelled: those that wait; those that run, by a signal upon which they finish what they can; or all at
 * once.
 */
export type Ending = "waiting" | "drain" | "all";

/** Speaks the language of one scheduler. All functions are pure. */
export interface Adapter {
  /** Whether the ids of jobs are those of the scheduler. Otherwise only their number is known. @default true */
  readonly knowsIds?: boolean;
  /** Submits a batch of at most as many jobs as `limits` allows. */
  submit(batch: Batch): Submission;
  /** Lists the jobs of all names of the launch. */
  count(): readonly Call<readonly Job[]>[];
  /** Ends the jobs of these names. */
  cancel(names: readonly string[], ending: Ending, jobs: readonly Job[]): readonly Call<void>[];
  /** Asks for the limits; or says them. */
  limits(): Call<Limits> | Limits;
  /** The file that a job writes to, or the command that shows what it wrote. */
  log(id: string): string;
  /** @default "files" */
  readonly logsAre?: "files" | "commands";
}
