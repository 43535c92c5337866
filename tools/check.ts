/**
 * The checks that `deno task check` runs: everything that can be checked without running the code.
 *
 * @module
 */
import { GENERATED, pageModule } from "./web.ts";
import { crowdedFolders, importCircles, importsOf, upwardImports } from "./layers.ts";

interface Step {
  readonly title: string;
  /** Returns one entry per finding; none if all is well. */
  run(): Promise<readonly string[]>;
}

const root = new URL("../", import.meta.url);

/** The folders of code for Deno. */
const SOURCES: ReadonlySet<string> = new Set([
  ...["core", "backends", "engine", "commands", "tests", "tools", "bench", "examples"],
]);

const steps: readonly Step[] = [
  { title: "formatting", run: () => mustPass("fmt", "--check") },
  { title: "lint", run: () => mustPass("lint") },
  { title: "types", run: checkTypes },
  { title: "page", run: checkPage },
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

/** The page in the browser has other globals than Deno, so it is checked by itself. */
async function checkTypes(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (isDirectory ? SOURCES.has(name) : name.endsWith(".ts")) names.push(name);
  }
  return [
    ...await mustPass("check", ...names, "web/data", "web/generated"),
    ...await mustPass("check", "--config", "web/deno.json", "--no-lock", "web/page"),
  ];
}

/** Checks that the generated page is what its sources make. */
async function checkPage(): Promise<readonly string[]> {
  const isCurrent = await Deno.readTextFile(new URL(GENERATED, root)) === await pageModule();
  return isCurrent ? [] : [`${GENERATED} is not what web/page/ makes: run \`deno task web\``];
}

async function mustPass(...args: string[]): Promise<readonly string[]> {
  const { ok, all } = await deno(...args);
  return ok ? [] : [all];
}

/**
 * Checks that each export has a category, by which the library's documentation is ordered, at every declaration that an
 * editor may show.
 */
async function checkCategories(): Promise<readonly string[]> {
  const { ok, stdout, all } = await deno("doc", "--json", "mod.ts");
  if (!ok) return [all];
  const graph: unknown = JSON.parse(stdout);
  const [module] = isRecord(graph) && isRecord(graph["nodes"]) ? Object.values(graph["nodes"]) : [];
  const symbols = entries(module, "symbols");
  if (symbols.length === 0) return ["deno doc lists no exports of mod.ts"];
  return symbols.flatMap((symbol) => {
    const declarations = entries(symbol, "declarations");
    // The implementation of an overloaded function has no doc comment and is not shown.
    const seen = declarations.filter((declaration) => isRecord(declaration) && declaration["jsDoc"] !== undefined);
    const named = seen.filter((declaration) =>
      entries(isRecord(declaration) ? declaration["jsDoc"] : undefined, "tags")
        .some((tag) => field(tag, "kind") === "category")
    );
    if (seen.length > 0 && named.length === seen.length) return [];
    return [`${field(symbol, "name")} has no @category at ${seen.length - named.length || "any"} of its declarations`];
  });
}

/** Checks that no code span contains a line break: such code cannot be copied, and `deno fmt` does not find it. */
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

/** Checks that the package can be published. The only allowed warning is the one about dynamic imports of jugfiles. */
async function checkPublish(): Promise<readonly string[]> {
  const { ok, all } = await deno("publish", "--dry-run", "--allow-dirty");
  if (!ok) return [all];
  const warnings = all.split("\n").filter((line) => /^\s*warning\b/i.test(line));
  return warnings.filter((line) => !line.includes("warning[unanalyzable-dynamic-import]"));
}

/**
 * Checks that no published module imports a bare name: import maps do not apply when the package is imported by URL.
 */
async function checkImports(): Promise<readonly string[]> {
  const published = ["mod.ts", "cli.ts"];
  for (const folder of ["core", "engine", "commands", "backends", "web/data", "web/generated"]) {
    published.push(...await filesIn(folder, /\.[jt]s$/));
  }
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

/** Checks that imports only lead to lower layers and form no circle. */
async function checkLayers(): Promise<readonly string[]> {
  const files = ["mod.ts", "cli.ts"];
  for (const folder of ["web", "core", "backends", "engine", "commands"]) files.push(...await filesIn(folder, /\.ts$/));
  const imports = new Map<string, readonly string[]>();
  for (const file of files) imports.set(file, importsOf(file, await Deno.readTextFile(new URL(file, root))));
  return [...upwardImports(imports), ...importCircles(imports)];
}

async function checkFolders(): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ["web", "core", "backends", "engine", "commands", "tests", "tools", "bench"]) {
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

/** Checks that the lockfile is portable: it contains no registry host and no path of the machine that wrote it. */
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
