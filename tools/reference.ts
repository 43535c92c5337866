/**
 * Writes the reference pages: the subcommands, from the program's own help, and the exports, from their comments.
 *
 * ```sh
 * deno task reference            # writes docs/reference/
 * ```
 *
 * tests/docs/reference_test.ts fails if the pages differ from what this writes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseCommandLine } from "../commands/cli/parse.ts";
import { subcommands } from "../commands/subcommands.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The paths of the pages, and their texts as `deno fmt` leaves them. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["docs/reference/commands.md", await formatted(commandsPage())],
    ["docs/reference/library.md", await formatted(await libraryPage())],
  ]);
}

function commandsPage(): string {
  const sections = subcommands.map(({ name, aliases = [] }) => {
    const shown = parseCommandLine(["help", name], subcommands, "");
    if (shown.kind !== "shown") throw new Error(`there is no help of ${name}`);
    const also = aliases.length === 0 ? "" : `Also \`jug ${aliases.join("`, `jug ")}\`.\n\n`;
    return `## jug ${name}\n\n${also}\`\`\`text\n${shown.text.trimEnd()}\n\`\`\`\n`;
  });
  return `# The subcommands

This is what \`jug help SUBCOMMAND\` prints. \`deno task reference\` writes this page; do not edit it.

${sections.join("\n")}`;
}

/** An export, as far as the page shows it. */
interface Export {
  readonly name: string;
  readonly kind: string;
  readonly category: string;
  readonly summary: string;
}

async function libraryPage(): Promise<string> {
  const exports = await libraryExports();
  const categories = Map.groupBy(exports, ({ category }) => category);
  const sections = [...categories].sort(([a], [b]) => a < b ? -1 : 1).map(([category, members]) => {
    const rows = members.map(({ name, kind, summary }) =>
      `| \`${name}\` | ${kind} | ${summary.replaceAll("|", "\\|")} |`
    );
    return `## ${category}\n\n| Export | Kind | What it is |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# The library

Every export of the module \`jug\`, by category. An editor shows the whole comment of each, and so does
\`deno doc mod.ts NAME\`. \`deno task reference\` writes this page; do not edit it.

${sections.join("\n")}`;
}

/** Returns the exports of mod.ts in the order of their names. */
export async function libraryExports(): Promise<Export[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args: ["doc", "--json", "mod.ts"], cwd: ROOT })
    .output();
  if (!success) throw new Error("deno doc failed; see deno doc mod.ts");
  const graph: unknown = JSON.parse(new TextDecoder().decode(stdout));
  const [module] = Object.values(record(record(graph)["nodes"]));
  return list(record(module)["symbols"]).map((symbol) => {
    const declarations = list(record(symbol)["declarations"]).map(record);
    const shown = declarations.find((declaration) => declaration["jsDoc"] !== undefined) ?? {};
    const comment = record(shown["jsDoc"]);
    const category = list(comment["tags"]).map(record).find(({ kind }) => kind === "category");
    return {
      name: text(record(symbol)["name"]),
      kind: text(shown["kind"]) === "typeAlias" ? "type" : text(shown["kind"]),
      category: text(category?.["doc"]).trim(),
      summary: firstSentence(text(comment["doc"])),
    };
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

function firstSentence(doc: string): string {
  const paragraph = doc.split("\n\n", 1)[0] ?? "";
  const plain = paragraph.replaceAll("\n", " ").replaceAll(/\{@linkcode ([^}]+)\}/g, "`$1`");
  return /^.*?[.](?= [A-Z`]|$)/.exec(plain)?.[0] ?? plain;
}

async function formatted(markdown: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("deno fmt failed");
  return new TextDecoder().decode(stdout);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

if (import.meta.main) {
  Deno.mkdirSync(`${ROOT}docs/reference`, { recursive: true });
  for (const [path, page] of await referencePages()) Deno.writeTextFileSync(`${ROOT}${path}`, page);
}
