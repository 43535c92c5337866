/**
 * Makes the images and references of this example: bright discs on a dark background that gets lighter towards one
 * side, with noise. The images are in the repository; this script documents how they were made.
 *
 * @module
 */
import { encode } from "npm:fast-png@8";

const SIZE = 64;

/** Yields reproducible numbers, at least 0 and less than 1 (a linear congruential generator). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

for (const [index, slope] of [0, 0.4, 0.8, 1.2].entries()) {
  const random = numbers(index + 1);
  const next = () => random.next().value;
  const discs = [[16, 16], [46, 18], [20, 46], [48, 48]].map(([x = 0, y = 0]) => ({
    x: x + 6 * next() - 3,
    y: y + 6 * next() - 3,
    radius: 6 + 5 * next(),
  }));
  const image = new Uint8Array(SIZE * SIZE);
  const reference = new Uint8Array(SIZE * SIZE);
  for (let at = 0; at < image.length; at++) {
    const x = at % SIZE;
    const y = Math.floor(at / SIZE);
    const disc = discs.findIndex((disc) => Math.hypot(x - disc.x, y - disc.y) < disc.radius);
    reference[at] = disc + 1;
    image[at] = 40 + slope * x + (disc < 0 ? 0 : 90) + 60 * (next() - 0.5);
  }
  const name = `disc${index + 1}.png`;
  for (const [folder, data] of [["images", image], ["references", reference]] as const) {
    await Deno.mkdir(new URL(folder, import.meta.url), { recursive: true });
    const png = encode({ width: SIZE, height: SIZE, data, channels: 1, depth: 8 });
    await Deno.writeFile(new URL(`${folder}/${name}`, import.meta.url), png);
  }
}
