/**
 * Builds the documentation as a site of static pages with search; `deno task docs` runs it.
 *
 * ```sh
 * deno run -A tools/site.ts               # dist/site, to be served at /
 * deno run -A tools/site.ts --base /jug/  # to be served below a folder
 * deno run -A tools/site.ts --to FOLDER
 * ```
 *
 * VitePress makes the pages from README.md and what it leads to. It works in a temporary folder, with packages of its own,
 * so that nothing else of the project ever loads them.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readPages, type SitePage } from "./site/pages.ts";

const VITEPRESS = "npm:vitepress@1.6.4";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Section {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Returns the sections of the index, each with its pages. */
function sectionsOf(pages: readonly SitePage[]): readonly Section[] {
  const index = pages.find(({ path }) => path === "docs/index.md");
  const titles = new Map(pages.map(({ path, title }) => [path, title]));
  return (index?.text ?? "").split(/^## /m).slice(1).map((section): Section => {
    const links = [...section.matchAll(/\]\(\.\/([^)#]+\.md)\)/g)].map(([, path = ""]) => `docs/${path}`);
    return {
      text: section.slice(0, section.indexOf("\n")),
      items: [...new Set(links)].map((path) => ({ text: titles.get(path) ?? path, link: `/${path}` })),
    };
  });
}

function configOf(pages: readonly SitePage[], base: string, outDir: string): string {
  const sections = sectionsOf(pages);
  const config = {
    ...{ lang: "en", title: "jug for Deno", base, outDir },
    description: "Runs TypeScript functions as tasks, on one core or many machines, and keeps their results",
    markdown: {
      html: false,
      theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    },
    themeConfig: {
      search: { provider: "local" },
      outline: [2, 3],
      nav: [{ text: "Documentation", link: "/docs/" }, { text: "Examples", link: "/examples/" }],
      sidebar: sections,
    },
  };
  return `export default ${JSON.stringify(config, undefined, 2)};\n`;
}

/** Builds the site, which must not be there yet. `base`: the path that it will be served at. */
export async function buildSite(to: string, base: string): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "jug_site_" });
  try {
    const { pages, pictures, files } = readPages(root, base);
    const write = (path: string, text: string) => {
      Deno.mkdirSync(dirname(`${work}/${path}`), { recursive: true });
      Deno.writeTextFileSync(`${work}/${path}`, text);
    };
    for (const { path, text } of pages) write(path, text);
    for (const [folder, paths] of [["", pictures], ["public/", files]] as const) {
      for (const path of paths) {
        write(`${folder}${path}`, "");
        Deno.copyFileSync(`${root}${path}`, `${work}/${folder}${path}`);
      }
    }
    write(
      ".vitepress/theme/index.mjs",
      'import theme from "vitepress/theme";\nimport "./style.css";\nexport default theme;\n',
    );
    write(".vitepress/theme/style.css", Deno.readTextFileSync(`${root}tools/site/style.css`));
    write(".vitepress/config.mjs", configOf(pages, base, to));
    write("package.json", JSON.stringify({ type: "module", dependencies: { vitepress: "1.6.4", vue: "3" } }));
    write("deno.json", JSON.stringify({ nodeModulesDir: "auto" }));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", VITEPRESS, "build", "."],
      cwd: work,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`VitePress failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { base: { type: "string", default: "/" }, to: { type: "string", default: "dist/site" } },
  });
  const to = resolve(root, values.to);
  await Deno.remove(to, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await buildSite(to, values.base);
  console.log(`built ${to}, for any server of static files`);
}
