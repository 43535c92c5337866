/**
 * What characterises each member of parliament? Words that are frequent in the article about one member and not in all
 * articles.
 *
 * Tasks for each article, one task that needs all of them, and again a task for each article:
 *
 *     jug execute text.ts
 *     deno run -A print_results.ts
 *
 * The articles are made up. The first argument is a delay in milliseconds for each task, so that there is something to
 * watch.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const delayMs = Number(args[0] ?? 0);

type Counts = Record<string, number>;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

const getArticle = TaskGenerator(async function getArticle(member: string): Promise<string> {
  await pause(); // a real jugfile would ask a server here
  const name = member.toLowerCase().replaceAll(" ", "_");
  return await Deno.readTextFile(new URL(`articles/${name}.txt`, import.meta.url));
});

const countWords = TaskGenerator(async function countWords(member: string, article: string): Promise<Counts> {
  await pause();
  const names = new Set(member.toLowerCase().split(" "));
  const counts: Counts = {};
  for (const word of article.toLowerCase().match(/\p{L}{4,}/gu) ?? []) {
    if (!names.has(word)) counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
});

const addCounts = TaskGenerator(async function addCounts(parts: Counts[]): Promise<Counts> {
  await pause();
  const all: Counts = {};
  for (const counts of parts) {
    for (const [word, count] of Object.entries(counts)) all[word] = (all[word] ?? 0) + count;
  }
  return all;
});

/** The words that occur twice or more here, and more than half of the time here, the most frequent first. */
const characterise = TaskGenerator(async function characterise(all: Counts, own: Counts): Promise<string[]> {
  await pause();
  return Object.entries(own)
    .filter(([word, count]) => count >= 2 && 2 * count > (all[word] ?? 0))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word]) => word);
});

/** The names, one per line of members.txt. */
export const members = (await Deno.readTextFile(new URL("members.txt", import.meta.url))).trim().split("\n");

const counts = members.map((member) => countWords(member, getArticle(member)));
const all = addCounts(counts);

/** The most characteristic words of each member. */
export const words = counts.map((own) => characterise(all, own));
