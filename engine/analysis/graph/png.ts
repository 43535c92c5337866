/**
 * Draws an SVG as PNG, with resvg compiled to WebAssembly and a font of jug's own: there is no other in WebAssembly.
 *
 * @module
 */
import { inflateRawSync } from "node:zlib";
import { initWasm, Resvg } from "npm:@resvg/resvg-wasm@2";
import font from "./font/inter.json" with { type: "json" };
import { resvg } from "./resvg_module.js";

/** How many pixels of the PNG are one of the SVG: on paper, 2 is about 200 dots an inch. */
const SCALE = 2;
/** The longest side of a PNG. A longer one is drawn at a smaller scale: it takes four bytes of memory a pixel. */
const LONGEST = 16_000;
/** The most pixels of a PNG. */
const MOST = 60e6;

let ready: Promise<void> | undefined;

/** Returns a PNG of the picture, in the colours that its attributes name. */
export async function drawPng(svg: string): Promise<Uint8Array> {
  // It can be initialized only once.
  ready ??= initWasm(resvg);
  await ready;
  const fonts = [font.regular, font.bold].map((text) => inflated(text));
  const picture = new Resvg(svg, {
    font: { fontBuffers: fonts, defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
    fitTo: { mode: "zoom", value: scaleFor(svg) },
  });
  try {
    const image = picture.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    picture.free();
  }
}

function inflated(text: string): Uint8Array {
  return new Uint8Array(inflateRawSync(Uint8Array.fromBase64(text)));
}

function scaleFor(svg: string): number {
  const [, width = 1, height = 1] = (/ width="(\d+)" height="(\d+)"/.exec(svg) ?? []).map(Number);
  return Math.min(SCALE, LONGEST / Math.max(width, height), Math.sqrt(MOST / (width * height)));
}

const RANGES = font.ranges.split(" ").map((range) => range.split("-").map((code) => parseInt(code, 16)));

/** Returns the characters of a text that the font lacks, once each. They are drawn as empty boxes. */
export function missingCharacters(text: string): string[] {
  const isThere = (code: number) => RANGES.some(([first = 0, last = 0]) => code >= first && code <= last);
  return [...new Set(text)].filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0x20 && !isThere(code);
  });
}
