/**
 * Counts the words of many files by map and reduce: once with plain tasks, and once inside a compound task, whose inner
 * tasks need not be loaded once it is finished.
 *
 *     jug execute wordcount.ts
 *     jug value wordcount.ts counts the
 *
 * @module
 */
import { CompoundTask, mapreduce } from "jug";

type Counts = Record<string, number>;

/** Counts the words of one file. */
export async function countFile(name: string): Promise<Counts> {
  const text = await Deno.readTextFile(new URL(`texts/${name}`, import.meta.url));
  const counts: Counts = {};
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Adds the counts of two files. */
export function mergeCounts(a: Counts, b: Counts): Counts {
  const merged = { ...a };
  for (const [word, count] of Object.entries(b)) merged[word] = (merged[word] ?? 0) + count;
  return merged;
}

const files = [...Deno.readDirSync(new URL("texts/", import.meta.url))].map((entry) => entry.name).sort();

/** The number of occurrences of each word in all files. */
export const counts = mapreduce(mergeCounts, countFile, files, { mapStep: 2, reduceStep: 4 });

function wordCount(names: string[]) {
  return mapreduce(mergeCounts, countFile, names, { mapStep: 1 });
}

/** The same counts, as one compound task. */
export const compound = CompoundTask(wordCount, files);
