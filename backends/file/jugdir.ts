/**
 * An open jugdir: its paths, the folders that the first write creates, names for temporary files, and its format.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { isStale } from "./errors.ts";
import { guestOf, NOBODY } from "./lock_file.ts";
import { createText, type FileSystem, type Mount, readText, type Timer } from "./system/file_system.ts";
import { isNameOfLayout, type Layout, layoutOf } from "./layout.ts";

/** A monotonic clock in milliseconds, with an arbitrary zero. */
export type Clock = () => number;

/** What is needed to open a jugdir. */
export interface JugdirParts {
  /** The jugdir's name in messages. */
  readonly address: string;
  readonly root: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Letters and digits that no other opening of the folder has. */
  readonly tag: string;
}

/** An open jugdir, shared by the parts of the file backend. */
export interface Jugdir extends Omit<JugdirParts, "root" | "tag"> {
  readonly layout: Layout;
  /** The file system that holds the jugdir. */
  readonly mount: Mount;
  /** The owner of this process's temporary files as long as the process is not registered. */
  readonly guest: string;
  /** Sets the name of this host. */
  standAt(host: string | undefined): void;
  /** Returns a globally unique text: the tag and a number that increases with each call. */
  nextCount(): string;
  /** Returns a new path for a temporary file of `owner`. The file name identifies the owner of leftovers. */
  temporary(owner: string): string;
  /** Creates the jugdir if it does not exist, and checks its format. Further calls cost nothing. */
  prepare(): void;
  /** Creates a folder directly in the jugdir, or a folder of results, if it does not exist. */
  makeFolder(folder: string): void;
  /**
   * Changes a folder once more after a name was created in it, so that every host sees the name after its next refresh
   * of the folder. Without this, a refresh can keep an old absence: with NFSv3 and a coarse server clock, two
   * changes look like one; and a Linux server shows the change of the folder before the name, so that a host that looks
   * in between remembers the absence under the new state of the folder. Does nothing if only this host can write to the
   * file system.
   */
  showChange(folder: string): void;
  /**
   * Does the same for the folders of the results of these tasks. Call it before a lock is removed whose owner may have
   * died between storing its result and showing the change: whoever claims the task next must see the result.
   */
  showResults(hashes: readonly Hash[]): void;
  /** Creates the folder of a result. Further calls cost nothing. */
  prepareResult(hash: Hash): void;
  /**
   * Runs `work`. If a folder or one of its drafts was removed in the meantime, creates all folders again and runs
   * `work` once more. So `work` must have the same effect if it is started again after a `NotFound` or a stale file
   * handle.
   */
  withFolders<T>(work: () => T): T;
  /**
   * Makes sure that what this host has cached about the names in a folder of the jugdir is no older than this call.
   * Otherwise a client of a network file system answers from its cache, for up to a minute. Does nothing if only this
   * host can write to the file system.
   */
  refresh(folder: string): void;
  /** Does the same for the folders of the results of these tasks. */
  refreshResults(hashes: readonly Hash[]): void;
}

const FORMAT = "jug file backend\nformat 1\n";
/** The name of a draft of the format file. It remains if a process is killed before the jugdir has its format. */
const FORMAT_DRAFT = /^format\.[0-9A-Za-z]+-[0-9a-z]+$/;
/** Names that systems, or people by habit, put into an otherwise empty folder. */
const NOTHING = /^(?:lost\+found|\.gitignore|\.gitkeep|\.DS_Store|\.snapshot|\.nfs[0-9a-f]+)$/;

/** A folder that changed within this time is as good as one that changed now, in milliseconds. */
const NOW_MS = 1000;

type FormatPlace = Pick<Jugdir, "files" | "address" | "layout" | "refresh">;

/**
 * Checks that the jugdir, if it exists, is a folder that this version can read. A folder that is practically empty
 * counts as absent.
 *
 * @param wasKnown Whether the jugdir had its format before. If so, other files in it may be the rest of a removal that
 * is still running
 * @throws {JugError} of kind "backend", if it is a file, has an unknown format, or holds other things and no format
 */
export function checkFormat(place: FormatPlace, wasKnown = false): "absent" | "known" {
  const { files, address, layout } = place;
  const root = files.stat(layout.root);
  if (root === undefined) return "absent";
  if (!root.isDirectory) {
    throw new JugError("backend", `jugdir "${address}" is a file, not a folder`, {
      remedy: "Choose another place with --jugdir, or move the file away",
    });
  }
  const text = readFormat(place, wasKnown);
  if (text === undefined) return "absent";
  if (text === FORMAT) return "known";
  const version = /^jug file backend\nformat ([\w.-]{1,20})\n/.exec(text)?.[1];
  throw new JugError(
    "backend",
    version === undefined
      ? `jugdir "${address}": its file "format" has content that jug did not write`
      : `jugdir "${address}" has format ${version}; this version of jug knows format 1`,
    { remedy: "Use the version of jug that made it, or choose another jugdir with --jugdir" },
  );
}

/**
 * Returns the content of the file `format`. It is `undefined` if the folder is practically empty, or if this host does
 * not yet see the file that another host has just created. A writer notices the latter when its own file is refused.
 */
function readFormat({ files, address, layout, refresh }: FormatPlace, wasKnown: boolean): string | undefined {
  const text = readText(files, layout.format);
  if (text !== undefined) return text;
  const isOurs = (name: string) => FORMAT_DRAFT.test(name) || wasKnown && isNameOfLayout(name);
  const [other] = files.names(layout.root).filter((name) => !NOTHING.test(name) && !isOurs(name)).sort();
  if (other === undefined) return undefined;
  // List again: a jugdir gets its format before anything else, but the first listing may have begun before that.
  if (files.names(layout.root).includes(basename(layout.format))) {
    refresh(layout.root);
    return readText(files, layout.format);
  }
  throw new JugError(
    "backend",
    `"${address}" is not a jugdir: it contains ${JSON.stringify(other)}, but no file "format"`,
    {
      remedy: "With --jugdir, choose a folder that is new, empty or a jugdir; or move the contents of this one away",
    },
  );
}

/** Opens a jugdir. Creates nothing. */
export function openJugdir({ address, root, files, clock, timer, tag }: JugdirParts): Jugdir {
  const layout = layoutOf(root);
  // The folder for failures is not included: as long as it does not exist, storing a result need not look for a failure
  // to remove.
  const folders = [layout.results, layout.locks, layout.steals, layout.workers, layout.tmp];
  const resultFolders = new Set<string>();
  let mount: Mount | undefined;
  let prepared = false;
  let count = 0;
  let guest = NOBODY;

  const mounted = () => mount ??= files.mount(layout.root);

  function writeFormat(): void {
    // Link the file into place: nobody reads a partial file, and a format of another version that is created at the
    // same moment is not replaced.
    const draft = `${layout.format}.${tag}-${(count++).toString(36)}`;
    try {
      createText(files, draft, FORMAT);
      const outcome = files.link(draft, layout.format);
      if (outcome === "unsupported") files.rename(draft, layout.format);
      if (outcome === "exists") checkFormat(place);
    } finally {
      files.remove(draft);
    }
  }

  function showChange(folder: string): void {
    if (mounted().kind === "network") files.stamp(folder);
  }

  function makeFolder(folder: string): void {
    if (files.exists(folder)) return;
    files.makeFolder(folder);
    showChange(dirname(folder));
  }

  function refresh(folder: string): void {
    if (mounted().kind === "local" || files.refresh(folder)) return;
    // The absence of the folder may be cached as well, and so may the absence of the folder above it, and so on.
    const above = dirname(folder);
    if (above === folder) return;
    try {
      refresh(above);
    } catch (error) {
      const isForbidden = error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
      if (!isForbidden || folder !== layout.root) throw error;
      return; // may not be opened: the jugdir then stays absent as long as this host caches its absence
    }
    files.refresh(folder);
  }

  const foldersOf = (hashes: readonly Hash[]) => new Set(hashes.map(layout.resultFolder));

  const place = { files, address, layout, refresh };
  let isKnown = checkFormat(place) === "known";

  function prepare(): void {
    if (prepared) return;
    if (checkFormat(place, isKnown) === "absent") {
      files.makeFolder(layout.root);
      mount = undefined; // more can be found out about a folder that exists
      // The folder above is not jug's own, so it gets a time close to the one that it has now.
      if (mounted().kind === "network") files.stamp(dirname(layout.root), NOW_MS);
      writeFormat();
    }
    isKnown = true;
    for (const folder of folders) makeFolder(folder);
    prepared = true;
  }

  return {
    address,
    layout,
    files,
    clock,
    timer,
    get mount() {
      return mounted();
    },
    get guest() {
      return guest;
    },
    standAt(host) {
      guest = guestOf(host);
    },
    nextCount: () => `${tag}-${(count++).toString(36)}`,
    temporary: (owner) => `${layout.tmp}/${owner}.${tag}-${(count++).toString(36)}`,
    prepare,
    makeFolder,
    showChange,
    showResults(hashes) {
      if (mounted().kind === "local") return;
      for (const folder of foldersOf(hashes)) {
        refresh(folder); // an absence that this host has cached would keep it from changing the folder
        showChange(folder);
      }
    },
    prepareResult(hash) {
      const digits = hash.slice(0, 2);
      if (resultFolders.has(digits)) return;
      makeFolder(layout.resultFolder(hash));
      resultFolders.add(digits);
    },
    withFolders(work) {
      try {
        return work();
      } catch (error) {
        // Stale: this process was stopped for ten leases, and others removed its draft.
        if (!(error instanceof Deno.errors.NotFound) && !isStale(error)) throw error;
        prepared = false;
        resultFolders.clear();
        prepare();
        return work();
      }
    },
    refresh,
    refreshResults(hashes) {
      if (mounted().kind === "local") return;
      for (const folder of foldersOf(hashes)) refresh(folder);
    },
  };
}
