/**
 * The names that other tools use for jug's subcommands.
 *
 * @module
 */

/** By subcommand: the names of the nearest equivalents in git, make, docker, npm, Slurm, snakemake and the like. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  execute: ["build", "exec", "go", "make", "resume", "start", "submit", "worker", "work"],
  status: ["info", "list", "ls", "progress", "ps", "queue", "show", "squeue", "stat", "stats", "summary", "top"],
  check: ["done", "is-done", "test", "verify"],
  "sleep-until": ["await", "join", "sleep", "wait"],
  failures: ["errors", "failed"],
  why: ["cause", "diagnose", "explain", "reason"],
  log: ["logs", "output", "stderr", "stdout"],
  graph: ["dag", "diagram", "draw", "plot", "picture", "viz"],
  retry: ["rerun", "restart"],
  stale: ["changed", "diff", "outdated"],
  invalidate: ["delete", "forget", "remove", "reset", "rm", "touch"],
  cleanup: ["clean", "gc", "prune", "purge", "unlock"],
  value: ["cat", "eval", "get", "print", "result", "results"],
  shell: ["console", "ipython", "repl"],
  pack: ["compact", "compress", "repack"],
  copy: ["clone", "cp", "export", "import", "migrate", "mv", "sync"],
  init: ["create", "new", "setup"],
  demo: ["example", "examples"],
  "install-skills": ["skill", "skills"],
};

/** Returns the subcommand that is nearest to what `word` means in other tools, if any. */
export function subcommandFor(word: string): string | undefined {
  const lower = word.toLowerCase();
  return Object.keys(SYNONYMS).find((name) => SYNONYMS[name]?.includes(lower));
}
