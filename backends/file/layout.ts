/**
 * The paths in a jugdir. docs/file-backend.md shows the layout.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import type { FileSystem } from "./system/file_system.ts";

/** The paths of one jugdir. */
export interface Layout {
  readonly root: string;
  readonly format: string;
  readonly results: string;
  readonly locks: string;
  readonly steals: string;
  readonly failures: string;
  readonly codes: string;
  readonly workers: string;
  readonly changes: string;
  readonly packs: string;
  readonly tmp: string;
  /** The folder of a result: one of 256. */
  resultFolder(hash: Hash): string;
  result(hash: Hash): string;
  lock(hash: Hash): string;
  failure(hash: Hash): string;
  code(id: string): string;
  worker(owner: string): string;
}

/** Returns the layout under the folder `root`. */
export function layoutOf(root: string): Layout {
  const results = `${root}/results`;
  const locks = `${root}/locks`;
  const failures = `${root}/failures`;
  const workers = `${root}/workers`;
  const codes = `${root}/codes`;
  return {
    root,
    results,
    locks,
    failures,
    workers,
    codes,
    format: `${root}/format`,
    steals: `${root}/steals`,
    changes: `${root}/changes`,
    packs: `${root}/packs`,
    tmp: `${root}/tmp`,
    resultFolder: (hash) => `${results}/${hash.slice(0, 2)}`,
    result: (hash) => `${results}/${hash.slice(0, 2)}/${hash.slice(2)}`,
    lock: (hash) => `${locks}/${hash}`,
    failure: (hash) => `${failures}/${hash}`,
    code: (id) => `${codes}/${id}`,
    worker: (owner) => `${workers}/${owner}`,
  };
}

const NAMES = new Set(Object.values(layoutOf("")).flatMap((path) => typeof path === "string" ? [path.slice(1)] : []));

/** Whether an entry directly in a jugdir can have this name. */
export function isNameOfLayout(name: string): boolean {
  return NAMES.has(name);
}

/**
 * Returns the names in a folder that are hashes. Others were not created by jug (but by a network file system, for
 * example).
 */
export function hashesIn(files: FileSystem, folder: string): Hash[] {
  return files.names(folder).filter(isHash);
}
