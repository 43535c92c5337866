/**
 * Which tests belong to which tier: the one place to edit when a test file is added, moved or grows slow.
 *
 * A file that stands nowhere here belongs to `deno task test` and runs beside others. Names are relative to the project; one
 * that ends in `/` means all test files in that folder.
 *
 * @module
 */

/** `deno task test --unit`. They run without the permission to start processes or to use the network. */
export const UNIT: readonly string[] = [
  "tests/arguments_test.ts",
  "tests/commands_test.ts",
  "tests/failure_group_test.ts",
  "tests/given_back_test.ts",
  "tests/graph_test.ts",
  "tests/hash_property_test.ts",
  "tests/hash_test.ts",
  "tests/iterate_task_test.ts",
  "tests/jugdir_test.ts",
  "tests/jugfile_word_test.ts",
  "tests/log_buffer_test.ts",
  "tests/map_call_test.ts",
  "tests/mapreduce_test.ts",
  "tests/memory_backend_test.ts",
  "tests/misuse_test.ts",
  "tests/open_session_test.ts",
  "tests/parse_test.ts",
  "tests/pattern_test.ts",
  "tests/progress_test.ts",
  "tests/record_test.ts",
  "tests/refusal_test.ts",
  "tests/run_options_test.ts",
  "tests/simulation/file_system_test.ts",
  "tests/sized_cache_test.ts",
  "tests/table_test.ts",
  "tests/terminal_layout_test.ts",
  "tests/worker_test.ts",
  "tests/wrappers_test.ts",
];

/**
 * What needs the machine for itself, because it measures time or memory. These run one at a time, after all others of their
 * tier.
 */
export const ALONE: readonly string[] = [
  "tests/signals_test.ts",
  "tests/takeover_test.ts",
  "tests/timeout_test.ts",
  "tests/waiting_test.ts",
  "tests/nfs/",
  "tests/speed_slow_test.ts",
];

/** The longest. They start first, so that none of them is left over when everything else has ended. */
export const LONGEST: readonly string[] = [
  "tests/simulation/",
  "tests/compile_test.ts",
  "tests/url_test.ts",
  "tests/kill_campaign_test.ts",
  "tests/redis_run_test.ts",
  "tests/redis_faults_test.ts",
  "tests/redis_failover_slow_test.ts",
  "tests/steal_test.ts",
  "tests/permissions_command_test.ts",
  "tests/permissions_options_test.ts",
  "tests/redis_backend_test.ts",
  "tests/memory_test.ts",
  "tests/sqlite_runs_test.ts",
  "tests/open_session_test.ts",
  "tests/hash_property_test.ts",
];

/** A part of `deno task test:slow`. */
export interface SlowPart {
  readonly name: string;
  /** Asks the tests for this form. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether `deno task test` runs the same files, in their own short form. */
  readonly hasShortForm: boolean;
}

/** Asks tests that use tests/support/campaign.ts for their long form. */
const CAMPAIGN = { JUG_CAMPAIGN: "long" };

/** Rigs and long campaigns. */
export const SLOW: readonly SlowPart[] = [
  { name: "tests/nfs/", env: { JUG_NFS: "short" }, hasShortForm: false },
  { name: "tests/simulation/planted_slow_test.ts", env: { JUG_SIM_SEEDS: "2500" }, hasShortForm: false },
  { name: "tests/kill_campaign_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/redis_run_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/redis_failover_slow_test.ts", env: {}, hasShortForm: false },
  { name: "tests/sqlite_runs_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/steal_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/exactly_once_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/memory_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/many_tasks_slow_test.ts", env: {}, hasShortForm: false },
  { name: "tests/speed_slow_test.ts", env: {}, hasShortForm: false },
];

/** Pages whose examples are run. Examples of documented modules all are. */
export const PAGES: readonly string[] = [
  "README.md",
  "docs/compound.md",
  "docs/execution.md",
  "docs/failures.md",
  "docs/hooks.md",
  "docs/mapreduce.md",
  "docs/programs.md",
  "docs/utilities.md",
];

/** Where modules are whose documentation may hold examples. */
export const MODULES: readonly string[] = ["mod.ts", "core/", "engine/", "commands/", "backends/"];

/** Whether a name of this page means the file, or the folder that it is in. */
export function means(name: string, file: string): boolean {
  return name.endsWith("/") ? file.startsWith(name) : file === name;
}
