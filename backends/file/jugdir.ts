/**
 * One opened jugdir: its paths, the folders that the first write makes, names for temporary files, and its format.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { readTextIfThere, statIfThere } from "./files.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** A monotonic clock in milliseconds; its zero means nothing. */
export type Clock = () => number;

/** One opened jugdir, shared by the parts of the file backend. */
export interface Jugdir {
  /** Its name in messages. */
  readonly address: string;
  readonly layout: Layout;
  readonly clock: Clock;
  /** Unique for ever: one more in each call. */
  nextCount(): string;
  /** A new path for a temporary file of `owner`, by which his leftovers are known. */
  temporary(owner: string): string;
  /** Makes the jugdir where it is not there, and checks its format. Costs nothing the second time. */
  prepare(): void;
  /** Makes the folder of a result. Costs nothing the second time. */
  prepareResult(hash: Hash): void;
  /** Forgets which folders were made: somebody removed them. */
  forget(): void;
}

const FORMAT = "jug file backend\nformat 1\n";

/** Checks that the jugdir, where there is one, is a folder that this version can read. */
export function checkFormat(address: string, layout: Layout): "absent" | "known" {
  const root = statIfThere(layout.root);
  if (root === undefined) return "absent";
  if (!root.isDirectory) {
    throw new JugError("backend", `jugdir "${address}" is a file, not a folder`, {
      remedy: "Choose another place with --jugdir, or move the file away",
    });
  }
  const text = readTextIfThere(layout.format);
  if (text === undefined) return "absent";
  if (text === FORMAT) return "known";
  const version = /^jug file backend\nformat (\S+)\n/.exec(text)?.[1];
  throw new JugError(
    "backend",
    version === undefined
      ? `jugdir "${address}": its file "format" holds something that jug did not write`
      : `jugdir "${address}" has format ${version}; this version of jug knows format 1`,
    { remedy: "Use the version of jug that made it, or choose another jugdir with --jugdir" },
  );
}

/** Opens the jugdir in the folder `root`, making nothing. `tag` must be unique among all that ever open it. */
export function openJugdir(address: string, root: string, clock: Clock, tag: string): Jugdir {
  const layout = layoutOf(root);
  // Not the one for failures: as long as it is not there, storing a result need not look for a failure to forget.
  const folders = [layout.results, layout.locks, layout.steals, layout.workers, layout.tmp];
  const resultFolders = new Set<string>();
  let prepared = false;
  let count = 0;

  function writeFormat(): void {
    // Renamed into place, so that nobody reads half of it.
    const draft = `${layout.format}.${tag}`;
    Deno.writeTextFileSync(draft, FORMAT);
    Deno.renameSync(draft, layout.format);
  }

  checkFormat(address, layout);
  return {
    address,
    layout,
    clock,
    nextCount: () => `${tag}-${(count++).toString(36)}`,
    temporary: (owner) => `${layout.tmp}/${owner}.${tag}-${(count++).toString(36)}`,
    prepare() {
      if (prepared) return;
      if (checkFormat(address, layout) === "absent") {
        Deno.mkdirSync(layout.root, { recursive: true });
        writeFormat();
      }
      for (const folder of folders) if (!existsSync(folder)) Deno.mkdirSync(folder, { recursive: true });
      prepared = true;
    },
    prepareResult(hash) {
      const digits = hash.slice(0, 2);
      if (resultFolders.has(digits)) return;
      const folder = layout.resultFolder(hash);
      if (!existsSync(folder)) Deno.mkdirSync(folder, { recursive: true });
      resultFolders.add(digits);
    },
    forget() {
      prepared = false;
      resultFolders.clear();
    },
  };
}
