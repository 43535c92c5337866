/**
 * Builds standalone programs that need no Deno; `deno task compile` and its variants run it.
 *
 * ```sh
 * deno run -A tools/compile.ts                               # dist/jug
 * deno run -A tools/compile.ts --all                         # dist/jug-TARGET for each target
 * deno run -A tools/compile.ts --only file                   # dist/jug-file
 * deno run -A tools/compile.ts --only redis db.example:6379  # dist/jug-redis, for that server
 * ```
 *
 * `--to FOLDER` sets the output folder.
 *
 * @module
 */
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };

const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** Optional permissions that every restricted program gets, since they expose almost nothing. */
const HARMLESS = [
  "--allow-env=JUG_MAX_TASKS,JUG_MAX_SECONDS,JUG_MAX_MINUTES,JUG_MAX_HOURS,JUG_EXIT_IF_FILE_EXISTS",
  "--allow-sys=hostname",
];

const root = new URL("../", import.meta.url);
const { values, positionals } = parseArgs({
  options: { all: { type: "boolean" }, only: { type: "string" }, to: { type: "string" } },
  allowPositionals: true,
});

/** Prints the reason and exits. It does not throw: the stack trace would not help. */
function refuse(reason: string): never {
  console.error(`compile: ${reason}`);
  Deno.exit(1);
}

/**
 * Returns the permissions to compile in, like the sets in deno.json. Those sets cannot be used here: they would fix the
 * folder of this checkout, while `.` means the folder that the program runs in.
 */
function permissionsOf(only: string | undefined, servers: readonly string[]): string[] {
  switch (only) {
    case undefined:
      return ["-A"];
    case "file":
      return ["--allow-read", "--allow-write=.", ...HARMLESS];
    case "redis": {
      const net = servers.length === 0 ? ["127.0.0.1:6379", "localhost:6379"] : servers;
      return ["--allow-read", `--allow-net=${net.join(",")}`, ...HARMLESS];
    }
    default:
      refuse(`--only takes file or redis, not ${only}`);
  }
}

/** Returns modules that no import leads to: those that threads start with, and mod.ts, which jugfiles import. */
async function hiddenModules(): Promise<string[]> {
  const found = new Set(["mod.ts"]);
  for (const folder of ["core", "engine", "commands", "backends"]) {
    for await (const path of sourcesIn(folder)) {
      const text = await Deno.readTextFile(new URL(path, root));
      for (const [, specifier = ""] of text.matchAll(/new URL\("(\.[^"]*\.ts)", import\.meta\.url\)/g)) {
        found.add(new URL(specifier, new URL(path, root)).href.slice(root.href.length));
      }
    }
  }
  return [...found];
}

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* sourcesIn(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

async function compile(output: string, permissions: readonly string[], target: string | undefined): Promise<void> {
  const include = (await hiddenModules()).flatMap((path) => ["--include", path]);
  // Without this option the npm packages of tests and tools are included too. Deno before 2.9 does not have it.
  const lean = /^2\.[0-8]\./.test(Deno.version.deno) ? [] : ["--exclude-unused-npm"];
  const platform = target === undefined ? [] : ["--target", target];
  const { success } = await new Deno.Command(Deno.execPath(), {
    // Types are checked by `deno task check`.
    args: [
      "compile",
      "--quiet",
      "--no-check",
      "--no-prompt",
      // Needed by engine/threads/memory_keeper.ts: Deno before 2.9 cannot enable it later.
      "--v8-flags=--expose-gc",
      ...lean,
      ...permissions,
      ...platform,
      ...include,
      "--output",
      output,
      "cli.ts",
    ],
    cwd: root,
  }).spawn().status;
  if (!success) {
    refuse(
      `${output} could not be built, for the reason above\n` +
        "  Deno fetches a base program for each platform. If it cannot, set DENORT_BIN=FILE to a copy of it, " +
        "for the same platform and version of Deno",
    );
  }
}

/**
 * Returns the median start time in milliseconds. Refuses the program if it is not jug: a wrong base program was used.
 */
async function startTime(program: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    const { stdout } = await new Deno.Command(program, { args: ["--version"], stderr: "inherit" }).output();
    times.push(performance.now() - start);
    if (new TextDecoder().decode(stdout) !== `jug ${config.version}\n`) {
      refuse(
        `${program} is not jug${hasBase ? ": DENORT_BIN does not name a base program of this version of Deno" : ""}`,
      );
    }
  }
  return times.sort((a, b) => a - b)[3] ?? NaN;
}

const hasBase = Deno.env.has("DENORT_BIN");
if (values.all === true && hasBase) {
  refuse(
    "DENORT_BIN names the base program of one platform, which --all would use for every platform\n  Leave one of them out",
  );
}
const folder = values.to ?? "dist";
const permissions = permissionsOf(values.only, positionals);
const name = `${folder}/jug${values.only === undefined ? "" : `-${values.only}`}`;
for (const target of values.all === true ? TARGETS : [undefined]) {
  const end = (target ?? Deno.build.target).includes("windows") ? ".exe" : "";
  const output = `${name}${target === undefined ? "" : `-${target}`}${end}`;
  await compile(output, permissions, target);
  const isOurs = target === undefined || target === Deno.build.target;
  const file = new URL(output, root);
  const megabytes = ((await Deno.stat(file)).size / 1e6).toFixed(0);
  const start = isOurs ? `, starts in ${(await startTime(file.pathname)).toFixed(0)} ms` : "";
  console.log(`${output}: ${megabytes} MB${start}`);
}
