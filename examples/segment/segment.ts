/**
 * Which of two ways to segment images comes closer to what people drew?
 *
 *     jug execute segment.ts
 *     jug value segment.ts scores --csv
 *     jug value segment.ts summary
 *
 * The first method takes the mean as its threshold, the second blurs more and takes Otsu's.
 *
 * @module
 */
import { TaskGenerator } from "jug";
import { blur, type GreyImage, label, meanOf, otsuOf, readGrey } from "./grey_image.ts";
import { adjustedRandIndex } from "./rand_index.ts";

const folder = (name: string) => new URL(`${name}/`, import.meta.url);

const byMean = TaskGenerator(async function byMean(name: string): Promise<GreyImage> {
  const image = blur(await readGrey(new URL(name, folder("images"))), 1);
  return label(image, meanOf(image));
});

const byOtsu = TaskGenerator(async function byOtsu(name: string): Promise<GreyImage> {
  const image = blur(await readGrey(new URL(name, folder("images"))), 2);
  return label(image, otsuOf(image));
});

const compare = TaskGenerator(async function compare(found: GreyImage, name: string): Promise<number> {
  const reference = await readGrey(new URL(name, folder("references")));
  return adjustedRandIndex(found.data, reference.data);
});

/** How close each method came to the reference of one image, 1 at best. */
export interface Score {
  readonly image: string;
  readonly mean: number;
  readonly otsu: number;
}

const summarise = TaskGenerator(function summarise(scores: Score[]): Omit<Score, "image"> {
  const average = (pick: (score: Score) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  return { mean: average((score) => score.mean), otsu: average((score) => score.otsu) };
});

const names = [...Deno.readDirSync(folder("images"))].map((entry) => entry.name).sort();

/** A row an image. */
export const scores = names.map((image) => ({
  image,
  mean: compare(byMean(image), image),
  otsu: compare(byOtsu(image), image),
}));

/** The average over all images. */
export const summary = summarise(scores);
