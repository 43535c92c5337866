/**
 * Turns the arguments of the command line into jobs.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job } from "./jobs.ts";
import { ALONE, LONGEST, means, MODULES, PAGES, SLOW, UNIT } from "./tiers.ts";

/** What the command line asks for: a tier, or names of files and folders. */
export type Choice =
  | { readonly kind: "unit" | "main" | "slow" }
  | { readonly kind: "names"; readonly names: readonly string[] };

/** The jobs, or a name for which there is no job. */
export type Selection =
  | { readonly kind: "jobs"; readonly jobs: readonly Job[] }
  | { readonly kind: "unknown"; readonly name: string };

const root = fileURLToPath(new URL("../../", import.meta.url));

const CHECKS: Job = {
  title: "checks",
  kind: "checks",
  args: ["run", "-A", "tools/check.ts"],
  env: {},
  isAlone: false,
  limitMinutes: 10,
};

/** Selects the jobs of `choice`, the longest first. */
export function select(choice: Choice): Selection {
  switch (choice.kind) {
    case "unit":
      return {
        kind: "jobs",
        jobs: [CHECKS, ...inOrder(testFilesIn("tests/").filter(isUnit)).map((file) => testJob(file))],
      };
    case "main": {
      const files = inOrder(testFilesIn("tests/").filter((file) => slowPartOf(file)?.hasShortForm !== false));
      const [long, short] = [files.filter(isLong), files.filter((file) => !isLong(file))];
      const examples = [examplesJob(PAGES), examplesJob(MODULES)];
      const tests = (some: readonly string[]) => some.map((file) => testJob(file));
      return { kind: "jobs", jobs: [...tests(long), ...examples, CHECKS, ...tests(short)] };
    }
    case "slow":
      return { kind: "jobs", jobs: testFilesIn("tests/").flatMap(slowJob) };
    case "names":
      return selectNames(choice.names);
  }
}

/** Returns what the command line may name: all test files, and the pages and modules whose examples are run. */
export function known(): string[] {
  return [...testFilesIn("tests/"), ...PAGES, ...MODULES];
}

function selectNames(names: readonly string[]): Selection {
  const jobs = new Map<string, Job>();
  for (const name of names) {
    const found = jobsOf(relative(root, resolve(name)));
    if (found.length === 0) return { kind: "unknown", name };
    for (const job of found) jobs.set(job.title, job);
  }
  return { kind: "jobs", jobs: [...jobs.values()] };
}

function jobsOf(path: string): Job[] {
  switch (kindOf(path)) {
    case "nothing":
      return [];
    case "file":
      if (path.endsWith("_test.ts")) return [namedJob(path)];
      if (path.endsWith(".md")) return [examplesJob([path]), pageJob(path)];
      return path.endsWith(".ts") ? [examplesJob([path])] : [];
    case "folder": {
      const folder = path === "" ? "" : `${path}/`;
      const isOfModules = MODULES.some((name) => means(name, folder));
      const documented = isOfModules ? [folder] : [...PAGES, ...MODULES].filter((name) => name.startsWith(folder));
      return [
        ...inOrder(testFilesIn(folder)).map(namedJob),
        ...(documented.length === 0 ? [] : [examplesJob(documented)]),
      ];
    }
  }
}

function kindOf(path: string): "file" | "folder" | "nothing" {
  try {
    return Deno.statSync(resolve(root, path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "nothing";
    throw error;
  }
}

function testFilesIn(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(resolve(root, folder))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory && !entry.name.startsWith(".")) found.push(...testFilesIn(`${path}/`));
    else if (entry.name.endsWith("_test.ts")) found.push(path);
  }
  return found.sort();
}

const isUnit = (file: string) => UNIT.some((name) => means(name, file));
const isAlone = (file: string) => ALONE.some((name) => means(name, file));
const isLong = (file: string) => LONGEST.some((name) => means(name, file));
const slowPartOf = (file: string) => SLOW.find(({ name }) => means(name, file));

/** Sorts the files of `LONGEST` to the front, in the order of that list. */
function inOrder(files: readonly string[]): string[] {
  const rank = (file: string) => {
    const index = LONGEST.findIndex((name) => means(name, file));
    return index === -1 ? LONGEST.length : index;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

/** Returns the job of a test file. It does not check types: the checks do that once, for all files. */
function testJob(file: string, limitMinutes = 15): Job {
  // Unit tests run without these permissions, so that a test that starts a process or uses the network fails.
  const denied = isUnit(file) ? ["--deny-run", "--deny-net"] : [];
  return {
    title: file,
    kind: "tests",
    args: ["test", "-A", ...denied, "--no-prompt", "--no-check", file],
    env: {},
    isAlone: isAlone(file),
    limitMinutes,
  };
}

/**
 * Returns the job of a file named on the command line. It checks types, since the checks do not run, and may take long.
 */
function namedJob(file: string): Job {
  const job = testJob(file, 60);
  return { ...job, args: job.args.filter((word) => word !== "--no-check") };
}

/** Returns the job that runs the code blocks of one page, as a reader would. */
function pageJob(page: string): Job {
  const job = namedJob("tests/docs/pages_test.ts");
  return {
    ...job,
    title: `blocks of ${page}`,
    args: [...job.args, "tests/docs/folder_pages_test.ts", "--filter", page],
  };
}

function slowJob(file: string): Job[] {
  const part = slowPartOf(file);
  return part === undefined ? [] : [{ ...testJob(file, 30), env: part.env }];
}

/** Returns one job for the examples of all `files`, so that their types are checked only once. */
function examplesJob(files: readonly string[]): Job {
  return {
    title: `examples in ${files.join(", ")}`,
    kind: "examples",
    args: ["test", "-A", "--no-prompt", "--doc", ...files],
    env: {},
    isAlone: false,
    limitMinutes: 10,
  };
}
