/**
 * The words of many files, counted by map and reduce: once plainly, once inside a compound task, of which nothing is left to
 * load when it is finished.
 *
 *     jug execute wordcount.ts
 *     jug value wordcount.ts counts the
 *
 * @module
 */
import { CompoundTask, mapreduce } from "jug";

type Counts = Record<string, number>;

/** The counts of one file. */
export async function countFile(name: string): Promise<Counts> {
  const text = await Deno.readTextFile(new URL(`texts/${name}`, import.meta.url));
  const counts: Counts = {};
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The counts of two files together. */
export function mergeCounts(a: Counts, b: Counts): Counts {
  const merged = { ...a };
  for (const [word, count] of Object.entries(b)) merged[word] = (merged[word] ?? 0) + count;
  return merged;
}

const files = [...Deno.readDirSync(new URL("texts/", import.meta.url))].map((entry) => entry.name).sort();

/** How often each word comes in all the files. */
export const counts = mapreduce(mergeCounts, countFile, files, { mapStep: 2, reduceStep: 4 });

function wordCount(names: string[]) {
  return mapreduce(mergeCounts, countFile, names, { mapStep: 1 });
}

/** The same, as one task. */
export const compound = CompoundTask(wordCount, files);
