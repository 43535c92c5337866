/**
 * Two hundred requests to a server. The first argument is its port; run.ts starts the server and this jugfile.
 *
 * A task that waits for a response uses no processor time, so many of them can wait at once.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const port = args[0] ?? "8000";

/** The server's data about a page. */
export interface Page {
  readonly id: number;
  readonly words: number;
}

function isPage(value: unknown): value is Page {
  return typeof value === "object" && value !== null && "id" in value && "words" in value;
}

// The port is not an argument of the task: the page is the same whatever server delivers it.
const fetchPage = TaskGenerator(async function fetchPage(id: number): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}/pages/${id}`);
  if (!response.ok) throw new Error(`page ${id}: ${response.status} ${response.statusText}`);
  const page: unknown = await response.json();
  if (!isPage(page)) throw new TypeError(`page ${id}: the server sent something else`);
  return page;
});

const sumWords = TaskGenerator(function sumWords(pages: Page[]): number {
  return pages.reduce((sum, page) => sum + page.words, 0);
});

/** One task per page. */
export const pages = Array.from({ length: 200 }, (_, id) => fetchPage(id));
/** The number of words on all pages. */
export const words = sumWords(pages);
