/**
 * The pages of the documentation, in the form in which the site's generator takes them.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path";

/** A page of the site. */
export interface SitePage {
  /** Its path in the site's sources. */
  readonly path: string;
  /** Its first heading. */
  readonly title: string;
  readonly text: string;
}

/** The pages, and other files that they show or link to. */
export interface SiteContent {
  readonly pages: readonly SitePage[];
  /** Pictures, which lie beside the pages. */
  readonly pictures: ReadonlySet<string>;
  /** Other files of the checkout, which are served as they are. */
  readonly files: ReadonlySet<string>;
}

/**
 * Reads the pages of the checkout.
 *
 * @param root Its path, which ends with a slash
 * @param base The path that the site will be served at, which ends with a slash
 */
export function readPages(root: string, base: string): SiteContent {
  const paths = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...["docs", "examples", "bench"].flatMap((folder) => {
      return pagesIn(root, folder);
    }),
  ].sort();
  const known = new Set(paths);
  const [pictures, files] = [new Set<string>(), new Set<string>()];
  const pages = paths.map((path): SitePage => {
    const text = Deno.readTextFileSync(`${root}${path}`);
    const outside = (line: string) => withoutVue(withLinks(line, (target) => linkTo(target, path)));
    return { path: sitePath(path), title: titleOf(text) ?? path, text: mapProse(text, outside) };
  });

  /** Returns where a link leads in the site; `undefined` if it leads nowhere there. */
  function linkTo(target: string, from: string): string | undefined {
    if (/^(#|\w+:)/.test(target)) return target;
    const [path = "", anchor] = target.split("#");
    const wanted = normalize(join(dirname(from), path)).replace(/\/$/, "");
    const page = known.has(wanted) ? wanted : known.has(`${wanted}/README.md`) ? `${wanted}/README.md` : undefined;
    if (page !== undefined) {
      const to = relative(dirname(from), sitePath(page));
      return `${to.startsWith(".") ? to : `./${to}`}${anchor === undefined ? "" : `#${anchor}`}`;
    }
    if (!isFile(`${root}${wanted}`)) return undefined;
    if (/\.(svg|png)$/.test(wanted)) {
      pictures.add(wanted);
      return target;
    }
    files.add(wanted);
    return `${base}${wanted}`;
  }

  return { pages, pictures, files };
}

function titleOf(text: string): string | undefined {
  return /^# (.*)$/m.exec(text)?.[1]?.replaceAll("`", "");
}

function pagesIn(root: string, folder: string): string[] {
  return [...Deno.readDirSync(`${root}${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return /^\.|\.jugdata$/.test(name) ? [] : pagesIn(root, path);
    return name.endsWith(".md") ? [path] : [];
  });
}

function sitePath(path: string): string {
  return path.replace(/README\.md$/, "index.md");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Applies `change` to what is outside of code blocks, without the comments, which are for the tests. */
function mapProse(text: string, change: (prose: string) => string): string {
  const parts = text.split(/^(```[^]*?^```$)/m);
  return parts.map((part, i) => i % 2 === 1 ? part : change(part.replace(/<!--[^]*?-->\n?/g, ""))).join("");
}

function withLinks(text: string, linkTo: (target: string) => string | undefined): string {
  return text.replace(
    /(!?)\[((?:[^\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g,
    (_, mark: string, label: string, target: string) => {
      const to = linkTo(target);
      if (to === undefined) return label;
      // The generator takes links for those to its pages, unless they say where they open.
      return `${mark}[${label}](${to})${to.startsWith("/") ? '{target="_self"}' : ""}`;
    },
  );
}

/** The generator takes pages for templates of Vue, in which two braces begin an expression. */
function withoutVue(text: string): string {
  return text.replaceAll("{{", "&#123;&#123;");
}
