/**
 * Finds the pages that users and developers read.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Page, readPage } from "./markdown.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Returns README.md, CONTRIBUTING.md, and each page of docs/, examples/ and bench/, sorted. */
export function allPages(): Page[] {
  const paths = ["README.md", "CONTRIBUTING.md", ...["docs", "examples", "bench"].flatMap(pagesIn)].sort();
  return paths.map((path) => readPage(path, Deno.readTextFileSync(`${ROOT}${path}`)));
}

function pagesIn(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return /^\.|\.jugdata$/.test(name) ? [] : pagesIn(path);
    return name.endsWith(".md") ? [path] : [];
  });
}
