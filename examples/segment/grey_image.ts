/**
 * Grey images, and the operations on them that the two methods of segment.ts use.
 *
 * @module
 */
import { decode } from "npm:fast-png@8";

/** An image with one channel, stored row by row. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: readonly number[];
}

/** Reads a PNG with one channel. */
export async function readGrey(url: URL): Promise<GreyImage> {
  const { width, height, data, channels } = decode(await Deno.readFile(url));
  if (channels !== 1) throw new TypeError(`${url} has ${channels} channels, not one`);
  return { width, height, data: [...data] };
}

/**
 * Returns the image with each pixel replaced by the mean of the square around it, `radius` pixels to each side. Beyond
 * the edges, the nearest edge pixel counts.
 */
export function blur({ width, height, data }: GreyImage, radius: number): GreyImage {
  const at = (x: number, y: number) =>
    data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
  const blurred = data.map((_, index) => {
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) sum += at(index % width + dx, Math.floor(index / width) + dy);
    }
    return sum / (2 * radius + 1) ** 2;
  });
  return { width, height, data: blurred };
}

/** Returns the mean of all pixels. */
export function meanOf({ data }: GreyImage): number {
  return data.reduce((sum, pixel) => sum + pixel, 0) / data.length;
}

/** Returns Otsu's threshold: the one with the least variance within the two classes. */
export function otsuOf({ data }: GreyImage): number {
  const histogram = new Array<number>(256).fill(0);
  for (const pixel of data) histogram[Math.round(pixel)] = (histogram[Math.round(pixel)] ?? 0) + 1;
  const total = histogram.reduce((sum, count, level) => sum + count * level, 0);
  let [best, bestBetween, below, sumBelow] = [0, -1, 0, 0];
  for (const [level, count] of histogram.entries()) {
    below += count;
    sumBelow += count * level;
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > bestBetween) [best, bestBetween] = [level, between];
  }
  return best;
}

/** Numbers the connected regions above `threshold` from 1; 0 is the background. */
export function label({ width, height, data }: GreyImage, threshold: number): GreyImage {
  const labels = new Array<number>(data.length).fill(0);
  let count = 0;
  for (const start of data.keys()) {
    if (labels[start] !== 0 || (data[start] ?? 0) <= threshold) continue;
    labels[start] = ++count;
    const open = [start];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const x = index % width;
      const near = [x > 0 ? index - 1 : -1, x < width - 1 ? index + 1 : -1, index - width, index + width];
      for (const next of near) {
        if (labels[next] !== 0 || (data[next] ?? 0) <= threshold) continue;
        labels[next] = count;
        open.push(next);
      }
    }
  }
  return { width, height, data: labels };
}
