/**
 * Which of two methods of image segmentation comes closer to the reference?
 *
 *     jug execute segment.ts
 *     jug value segment.ts scores --csv
 *     jug value segment.ts summary
 *
 * The first method uses the mean as its threshold; the second blurs more and uses Otsu's threshold.
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

/** The agreement of each method with the reference of one image; 1 is best. */
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

/** One row per image. */
export const scores = names.map((image) => ({
  image,
  mean: compare(byMean(image), image),
  otsu: compare(byOtsu(image), image),
}));

/** The average over all images. */
export const summary = summarise(scores);
