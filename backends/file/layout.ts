/**
 * The paths in a jugdir. docs/file-backend.md shows the layout.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";

/** The paths of one jugdir. */
export interface Layout {
  readonly root: string;
  readonly format: string;
  readonly heads: string;
  readonly states: string;
  readonly segments: string;
  /** The folder of results that are too large for segments. */
  readonly results: string;
  readonly codes: string;
  readonly workers: string;
  readonly tmp: string;
  /** The folder of what worker jobs printed. jug launch creates it. */
  readonly logs: string;
  /** The file of a large result, by the claim under which it was computed. */
  result(hash: Hash, token: string): string;
  code(id: string): string;
  worker(owner: string): string;
}

/** Returns the layout under the folder `root`. */
export function layoutOf(root: string): Layout {
  const results = `${root}/results`;
  const codes = `${root}/codes`;
  const workers = `${root}/workers`;
  return {
    root,
    results,
    codes,
    workers,
    format: `${root}/format`,
    heads: `${root}/heads`,
    states: `${root}/states`,
    segments: `${root}/segments`,
    tmp: `${root}/tmp`,
    logs: `${root}/logs`,
    result: (hash, token) => `${results}/${hash}.${token}`,
    code: (id) => `${codes}/${id}`,
    worker: (owner) => `${workers}/${owner}`,
  };
}

const NAMES = new Set(Object.values(layoutOf("")).flatMap((path) => typeof path === "string" ? [path.slice(1)] : []));

/** Whether an entry directly in a jugdir can have this name. */
export function isNameOfLayout(name: string): boolean {
  return NAMES.has(name);
}
