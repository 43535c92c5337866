/**
 * Assigns test files to tiers. This is the only file to edit when a test file is added, is moved, or becomes slow.
 *
 * A test file that is not listed here runs in `deno task test`, in parallel with others. Names are relative to the
 * project; a name that ends in `/` means all test files in that folder.
 *
 * @module
 */

/** The tests of `deno task test --unit`. They run without permission to start processes or to use the network. */
export const UNIT: readonly string[] = [
  "tests/commands/webstatus/access_test.ts",
  "tests/commands/webstatus/live_test.ts",
  "tests/commands/webstatus/task_listing_test.ts",
  "tests/backends/memory_backend_test.ts",
  "tests/bench/table_test.ts",
  "tests/commands/commands_test.ts",
  "tests/commands/config/schema_test.ts",
  "tests/commands/display/progress_test.ts",
  "tests/commands/display/table_test.ts",
  "tests/commands/display/terminal_layout_test.ts",
  "tests/commands/jugfile_operand_test.ts",
  "tests/commands/launch/adapters_test.ts",
  "tests/commands/launch/watch_state_test.ts",
  "tests/commands/parse_test.ts",
  "tests/commands/run/",
  "tests/docs/links_test.ts",
  "tests/core/session/task_arguments_test.ts",
  "tests/core/declare/iterate_task_test.ts",
  "tests/core/declare/map_call_test.ts",
  "tests/core/mapreduce/mapreduce_test.ts",
  "tests/core/declare/wrappers_test.ts",
  "tests/core/value/hash_property_test.ts",
  "tests/core/value/hash_test.ts",
  "tests/core/declare/misuse_test.ts",
  "tests/core/pattern_test.ts",
  "tests/core/value/record_test.ts",
  "tests/core/value/refusal_test.ts",
  "tests/core/declare/run_options_test.ts",
  "tests/engine/analysis/",
  "tests/engine/report/",
  "tests/engine/results/failure_group_test.ts",
  "tests/engine/worker/claiming_test.ts",
  "tests/engine/graph/graph_test.ts",
  "tests/engine/limits/",
  "tests/engine/run/",
  "tests/engine/load/jugdir_test.ts",
  "tests/engine/task/log_buffer_test.ts",
  "tests/engine/api/open_session_test.ts",
  "tests/engine/results/sized_cache_test.ts",
  "tests/engine/worker/worker_test.ts",
  "tests/simulation/file_system_test.ts",
  "tests/tools/layers_test.ts",
];

/**
 * Tests that need the whole machine because they measure time or memory. They run one at a time, after all others of
 * their tier.
 */
export const ALONE: readonly string[] = [
  "tests/runs/signals_test.ts",
  "tests/runs/takeover_test.ts",
  "tests/runs/timeout_test.ts",
  "tests/runs/waiting_test.ts",
  "tests/web/dashboard_page_test.ts",
  "tests/nfs/",
  "tests/campaigns/speed_slow_test.ts",
];

/** The longest tests. They start first, so that the run does not end with one of them running by itself. */
export const LONGEST: readonly string[] = [
  "tests/simulation/",
  "tests/programs/compile_test.ts",
  "tests/docs/pages_test.ts",
  "tests/docs/folder_pages_test.ts",
  "tests/programs/url_test.ts",
  "tests/campaigns/kill_campaign_test.ts",
  "tests/backends/redis/redis_run_test.ts",
  "tests/backends/redis/redis_faults_test.ts",
  "tests/backends/redis/redis_failover_slow_test.ts",
  "tests/campaigns/steal_test.ts",
  "tests/commands/permissions/permissions_command_test.ts",
  "tests/commands/completion/shells_test.ts",
  "tests/commands/permissions/permissions_options_test.ts",
  "tests/backends/redis/redis_backend_test.ts",
  "tests/campaigns/memory_test.ts",
  "tests/campaigns/sqlite_runs_test.ts",
  "tests/bench/suite_test.ts",
  "tests/engine/api/open_session_test.ts",
  "tests/core/value/hash_property_test.ts",
];

/** A part of `deno task test:slow`. */
export interface SlowPart {
  readonly name: string;
  /** Environment variables that select the form of the tests that this tier runs. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether `deno task test` also runs these files, in their short form. */
  readonly hasShortForm: boolean;
}

/** Selects the long form of tests that use tests/support/campaign/campaign.ts. */
const CAMPAIGN = { JUG_CAMPAIGN: "long" };

/** Rigs and long campaigns. */
export const SLOW: readonly SlowPart[] = [
  { name: "tests/nfs/", env: { JUG_NFS: "short" }, hasShortForm: false },
  { name: "tests/simulation/planted_slow_test.ts", env: { JUG_SIM_SEEDS: "2500" }, hasShortForm: false },
  { name: "tests/campaigns/kill_campaign_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/backends/redis/redis_run_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/backends/redis/redis_failover_slow_test.ts", env: {}, hasShortForm: false },
  { name: "tests/campaigns/sqlite_runs_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/campaigns/steal_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/campaigns/exactly_once_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/campaigns/memory_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/campaigns/many_tasks_slow_test.ts", env: {}, hasShortForm: false },
  { name: "tests/programs/compile_test.ts", env: {}, hasShortForm: false },
  { name: "tests/programs/url_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/permissions/permissions_command_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/permissions/permissions_options_test.ts", env: CAMPAIGN, hasShortForm: false },
  { name: "tests/commands/type_check_test.ts", env: {}, hasShortForm: false },
  { name: "tests/web/report_page_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/completion/shells_test.ts", env: {}, hasShortForm: false },
  { name: "tests/commands/stale_test.ts", env: {}, hasShortForm: false },
  { name: "tests/commands/install_test.ts", env: {}, hasShortForm: false },
  { name: "tests/programs/two_copies_test.ts", env: {}, hasShortForm: false },
  { name: "tests/commands/pack_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/webstatus/webstatus_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/report/report_command_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/commands/tasks_command_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/web/dashboard_page_test.ts", env: CAMPAIGN, hasShortForm: true },
  { name: "tests/web/site_test.ts", env: {}, hasShortForm: false },
  { name: "tests/campaigns/speed_slow_test.ts", env: {}, hasShortForm: false },
  { name: "tests/slurm/", env: {}, hasShortForm: false },
  { name: "tests/sge/", env: {}, hasShortForm: false },
  { name: "tests/commands/launch/launch_command_test.ts", env: {}, hasShortForm: false },
  { name: "tests/commands/launch/ssh_launch_test.ts", env: {}, hasShortForm: false },
  { name: "tests/commands/launch/stand_ins_test.ts", env: {}, hasShortForm: false },
];

/** Pages whose examples are run. The examples of all documented modules are run as well. */
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

/** The modules, or folders of modules, whose documentation may contain examples. */
export const MODULES: readonly string[] = ["mod.ts", "core/", "engine/", "commands/", "backends/"];

/** Whether `name`, an entry of one of these lists, means `file` or a folder that contains it. */
export function means(name: string, file: string): boolean {
  return name.endsWith("/") ? file.startsWith(name) : file === name;
}
