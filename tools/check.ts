/**
 * What `deno task check` runs: all that can be said about the code without running it.
 *
 * @module
 */
import { crowdedFolders, importCircles, importsOf, upwardImports } from "./layers.ts";

interface Step {
  readonly title: string;
  /** Answers what is wrong, one entry a finding; empty where all is well. */
  run(): Promise<readonly string[]>;
}

const root = new URL("../", import.meta.url);

const steps: readonly Step[] = [
  { title: "formatting", run: () => mustPass("fmt", "--check") },
  { title: "lint", run: () => mustPass("lint") },
  { title: "types", run: () => mustPass("check", ".") },
  { title: "documentation", run: () => mustPass("doc", "--lint", "mod.ts") },
  { title: "categories", run: checkCategories },
  { title: "code in texts", run: checkCodeSpans },
  { title: "publishing", run: checkPublish },
  { title: "imports", run: checkImports },
  { title: "layers", run: checkLayers },
  { title: "folders", run: checkFolders },
  { title: "lockfile", run: checkLockfile },
];

async function deno(...args: string[]): Promise<{ ok: boolean; stdout: string; all: string }> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: root, env: { NO_COLOR: "1" } });
  const { success, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { ok: success, stdout: out ?? "", all: `${out}${err}` };
}

async function mustPass(...args: string[]): Promise<readonly string[]> {
  const { ok, all } = await deno(...args);
  return ok ? [] : [all];
}

/** The library's documentation is read by category, so each export has one, at every declaration that an editor may show. */
async function checkCategories(): Promise<readonly string[]> {
  const { ok, stdout, all } = await deno("doc", "--json", "mod.ts");
  if (!ok) return [all];
  const graph: unknown = JSON.parse(stdout);
  const [module] = isRecord(graph) && isRecord(graph["nodes"]) ? Object.values(graph["nodes"]) : [];
  const symbols = entries(module, "symbols");
  if (symbols.length === 0) return ["deno doc names no export of mod.ts"];
  return symbols.flatMap((symbol) => {
    const declarations = entries(symbol, "declarations");
    // What implements overloads has no text of its own, and nobody sees it.
    const seen = declarations.filter((declaration) => isRecord(declaration) && declaration["jsDoc"] !== undefined);
    const named = seen.filter((declaration) =>
      entries(isRecord(declaration) ? declaration["jsDoc"] : undefined, "tags")
        .some((tag) => field(tag, "kind") === "category")
    );
    if (seen.length > 0 && named.length === seen.length) return [];
    return [`${field(symbol, "name")} has no @category at ${seen.length - named.length || "any"} of its declarations`];
  });
}

/** Code that a line end breaks in two cannot be copied, and `deno fmt` sees nothing in it. */
async function checkCodeSpans(): Promise<readonly string[]> {
  const paths = ["README.md", "CHANGELOG.md", ...await filesIn("docs", /\.md$/)];
  const found = await Promise.all(paths.map(async (path) => {
    const text = (await Deno.readTextFile(new URL(path, root))).replaceAll(/^```.*?^```/gms, "");
    const spans = text.split(/\n\s*\n/).flatMap((paragraph) =>
      paragraph.match(/(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)/gs) ?? []
    );
    return spans.filter((span) => span.includes("\n")).map((span) => `${path}: ${span.replace("\n", " ⏎ ")}`);
  }));
  return found.flat();
}

/** The dynamic imports of users' files are what jug is for; no other warning is let through. */
async function checkPublish(): Promise<readonly string[]> {
  const { ok, all } = await deno("publish", "--dry-run", "--allow-dirty");
  if (!ok) return [all];
  const warnings = all.split("\n").filter((line) => /^\s*warning\b/i.test(line));
  return warnings.filter((line) => !line.includes("warning[unanalyzable-dynamic-import]"));
}

/** An import map does not reach whoever imports the package by URL, so no published module may use a bare name. */
async function checkImports(): Promise<readonly string[]> {
  const published = ["mod.ts", "cli.ts"];
  for (const folder of ["core", "engine", "commands", "backends"]) published.push(...await filesIn(folder, /\.[jt]s$/));
  const source = published.map((path) => `import ${JSON.stringify(new URL(path, root).href)};`).join("");
  const { ok, stdout, all } = await deno("info", "--json", `data:application/typescript,${encodeURIComponent(source)}`);
  if (!ok) return [all];
  const graph: unknown = JSON.parse(stdout);
  return entries(graph, "modules").flatMap((module) => {
    const path = field(module, "specifier");
    if (!path.startsWith(root.href)) return [];
    const error = field(module, "error");
    if (error !== "") return [error];
    return entries(module, "dependencies")
      .map((dependency) => field(dependency, "specifier"))
      .filter((specifier) => !/^(\.{1,2}\/|node:|npm:(@[^/]+\/)?[^/@]+@\d+(\/|$))/.test(specifier))
      .map((specifier) => `${path.slice(root.href.length)} imports "${specifier}"`);
  });
}

/** Imports go down only, and in no circle. */
async function checkLayers(): Promise<readonly string[]> {
  const files = ["mod.ts", "cli.ts"];
  for (const folder of ["core", "backends", "engine", "commands"]) files.push(...await filesIn(folder, /\.ts$/));
  const imports = new Map<string, readonly string[]>();
  for (const file of files) imports.set(file, importsOf(file, await Deno.readTextFile(new URL(file, root))));
  return [...upwardImports(imports), ...importCircles(imports)];
}

async function checkFolders(): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ["core", "backends", "engine", "commands", "tests", "tools", "bench"]) {
    files.push(...await filesIn(folder, /\.ts$/));
  }
  return crowdedFolders(files);
}

async function filesIn(folder: string, named: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesIn(path, named));
    else if (named.test(entry.name)) found.push(path);
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function entries(value: unknown, key: string): readonly unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function field(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === "string" ? found : "";
}

/** The lockfile serves every machine: no registry's host and no path of the one that wrote it. */
async function checkLockfile(): Promise<readonly string[]> {
  const lines = (await Deno.readTextFile(new URL("deno.lock", root))).split("\n");
  return lines.filter((line) => /https?:|file:|"tarball"|"\//.test(line)).map((line) => `deno.lock: ${line.trim()}`);
}

let failed = false;
for (const { title, run } of steps) {
  const findings = await run().catch((error) => [Deno.inspect(error)]);
  console.error(`${findings.length === 0 ? "ok    " : "FAILED"} ${title}`);
  for (const finding of findings) console.error(finding.trimEnd());
  failed ||= findings.length > 0;
}
Deno.exit(failed ? 1 : 0);
