/**
 * Two hundred requests to a server whose port is the first argument; see run.ts, which starts both.
 *
 * A task that waits for an answer keeps no processor busy, so many of them may wait at once.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const port = args[0] ?? "8000";

/** What the server says of a page. */
export interface Page {
  readonly id: number;
  readonly words: number;
}

function isPage(value: unknown): value is Page {
  return typeof value === "object" && value !== null && "id" in value && "words" in value;
}

// The port is no argument of the task: the page is the same whatever server hands it out.
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

/** One for each page. */
export const pages = Array.from({ length: 200 }, (_, id) => fetchPage(id));
/** How many words there are in all. */
export const words = sumWords(pages);
