/**
 * Bundles the page of `jug report` into web/generated/page.ts; `deno task web` runs it. `deno task check` fails if that
 * file is not what the sources in web/ make.
 *
 * The page is a module with two strings, because a program may import that however it was started: from a checkout, by
 * URL, or compiled.
 *
 * @module
 */
import uplotStyle from "npm:uplot@1/dist/uPlot.min.css" with { type: "text" };
import { DARK, graphStyle, LIGHT, type Part } from "../web/data/theme.ts";

const root = new URL("../", import.meta.url);

/** The generated file, relative to the project. */
export const GENERATED = "web/generated/page.ts";

/** Returns what the generated file should contain. */
export async function pageModule(): Promise<string> {
  const [script, style] = await Promise.all([bundle(), styleSheet()]);
  return `// deno-fmt-ignore-file
// deno-lint-ignore-file
/**
 * The page of \`jug report\` for the browser. Made from web/page/ by \`deno task web\`; do not edit.
 *
 * @module
 */

/** The script, a classic one. */
export const SCRIPT: string = ${JSON.stringify(script)};

/** The style sheet. */
export const STYLE: string = ${JSON.stringify(style)};
`;
}

async function bundle(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "browser", "--format", "iife", "web/page/main.ts"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`the page could not be bundled:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function styleSheet(): Promise<string> {
  const parts = Object.keys(LIGHT).filter((name): name is Part => Object.hasOwn(LIGHT, name));
  const colors = parts.map((part) => `--${part}: light-dark(${LIGHT[part]}, ${DARK[part]});`).join("\n");
  const own = await Deno.readTextFile(new URL("web/page/style.css", root));
  const named = Object.fromEntries(parts.map((part) => [part, `var(--${part})`])) as Record<Part, string>;
  return [uplotStyle, `:root {\n${colors}\n}`, graphStyle(named), own].map((text) => text.trim()).join("\n");
}

if (import.meta.main) {
  const text = await pageModule();
  await Deno.mkdir(new URL("web/generated/", root), { recursive: true });
  await Deno.writeTextFile(new URL(GENERATED, root), text);
  console.log(`${GENERATED}: ${(text.length / 1000).toFixed(0)} kB`);
}
