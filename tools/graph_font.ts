/**
 * Makes the font of `jug graph --format png`, and the widths of its characters: the parts of Inter that the names of
 * tasks are likely to need. Run it again to change the characters or the version of the font:
 *
 * ```sh
 * deno run -A --no-lock tools/graph_font.ts
 * ```
 *
 * The font is JSON, because a program may import that however it was started: from a checkout, by URL, or compiled, and
 * without permission to read the folder of the library or of npm packages.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import opentype from "npm:opentype.js@1";
import subsetFont from "npm:subset-font@2";

const PACKAGE = "@expo-google-fonts/inter";
const VERSION = "0.4.2";
const WEIGHTS = { regular: "400Regular", bold: "700Bold" } as const;

/** Blocks of Unicode, first and last character. The font has only some of the later ones. */
const BLOCKS: readonly (readonly [first: number, last: number])[] = [
  [0x20, 0x7e], // ASCII
  [0xa0, 0x24f], // Latin
  [0x370, 0x3ff], // Greek
  [0x400, 0x4ff], // Cyrillic
  [0x1e00, 0x1eff], // Latin with two accents
  [0x2010, 0x203a], // punctuation
  [0x2070, 0x209c], // superscripts and subscripts
  [0x20a0, 0x20bf], // currencies
  [0x2190, 0x21ff], // arrows
  [0x2200, 0x22ff], // mathematics
  [0xfffd, 0xfffd], // the character that stands for those that cannot be shown
];

const target = new URL("../engine/analysis/graph/font/", import.meta.url);

/** Installs the font's package in a temporary folder, and returns that of the package. */
async function install(folder: string): Promise<string> {
  const args = ["install", "--silent", "--ignore-scripts", "--prefix", folder, `${PACKAGE}@${VERSION}`];
  const { success } = await new Deno.Command("npm", { args, stdout: "null" }).output();
  if (!success) throw new Error(`npm could not install ${PACKAGE}`);
  return `${folder}/node_modules/${PACKAGE}`;
}

/** Returns characters as ranges, as in `20-7e a0-ac`. */
function rangesOf(characters: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const character of characters) {
    const range = ranges.at(-1);
    if (range?.[1] === character - 1) range[1] = character;
    else ranges.push([character, character]);
  }
  return ranges.map(([first, last]) => `${first.toString(16)}-${last.toString(16)}`).join(" ");
}

const wanted = BLOCKS.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
const folder = await Deno.makeTempDir();
const made: Record<string, string> = {};
const widths: Record<string, string> = {};
try {
  const installed = await install(folder);
  for (const [weight, name] of Object.entries(WEIGHTS)) {
    const whole = Buffer.from(Deno.readFileSync(`${installed}/${name}/Inter_${name}.ttf`));
    const part = await subsetFont(whole, String.fromCodePoint(...wanted), {
      targetFormat: "truetype",
      // Without the shapes that only features such as small capitals use.
      noLayoutClosure: true,
    });
    const font = opentype.parse(new Uint8Array(part).buffer);
    const glyphOf = (character: number) => font.charToGlyph(String.fromCodePoint(character));
    made["ranges"] ??= rangesOf(wanted.filter((character) => glyphOf(character).index > 0));
    made[weight] = deflateRawSync(part, { level: 9 }).toString("base64");
    widths[weight] = wanted.filter((character) => character <= 0x7e)
      .map((character) => Math.round(1000 * glyphOf(character).advanceWidth / font.unitsPerEm)).join(" ");
    console.log(
      `${weight}: ${whole.length} bytes, of which ${part.length} used; ${made[weight].length} stored`,
    );
  }
  Deno.copyFileSync(`${installed}/LICENSE_FONT`, new URL("LICENSE.txt", target));
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.writeTextFileSync(new URL("inter.json", target), `${JSON.stringify(made, undefined, 2)}\n`);
Deno.writeTextFileSync(new URL("widths.json", target), `${JSON.stringify(widths, undefined, 2)}\n`);
