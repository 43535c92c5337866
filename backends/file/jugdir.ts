/**
 * One opened jugdir: its paths, the folders that the first write makes, names for temporary files, and its format.
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

/** A monotonic clock in milliseconds; its zero means nothing. */
export type Clock = () => number;

/** What a jugdir is opened with. */
export interface JugdirParts {
  /** Its name in messages. */
  readonly address: string;
  readonly root: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Letters and digits that no other opening of the folder has. */
  readonly tag: string;
}

/** One opened jugdir, shared by the parts of the file backend. */
export interface Jugdir extends Omit<JugdirParts, "root" | "tag"> {
  readonly layout: Layout;
  /** The file system that it lies on. */
  readonly mount: Mount;
  /** Whose temporary files are those of this process as long as it is not registered. */
  readonly guest: string;
  /** Learns the name of this host. */
  standAt(host: string | undefined): void;
  /** Unique for ever: one more in each call. */
  nextCount(): string;
  /** A new path for a temporary file of `owner`, by which his leftovers are known. */
  temporary(owner: string): string;
  /** Makes the jugdir where it is not there, and checks its format. Costs nothing the second time. */
  prepare(): void;
  /** Makes a folder right in the jugdir, or one of results, where it is not there. */
  makeFolder(folder: string): void;
  /** Lets hosts that tell by a folder's time see that the names in it changed, however coarse the clock of the server. */
  showChange(folder: string): void;
  /** Makes the folder of a result. Costs nothing the second time. */
  prepareResult(hash: Hash): void;
  /**
   * Runs `work`, and once more, with all folders made anew, where a folder or a draft of its was removed meanwhile. So it
   * takes work that comes to the same when it is begun again after a `NotFound` or a stale file.
   */
  withFolders<T>(work: () => T): T;
  /**
   * Makes sure that what this host remembers of the names in a folder of the jugdir is no older than this call. A client of
   * a network file system answers from memory else, for up to a minute. Does nothing where only this host can write.
   */
  refresh(folder: string): void;
  /** The same for the folders that the results of these tasks lie in. */
  refreshResults(hashes: readonly Hash[]): void;
}

const FORMAT = "jug file backend\nformat 1\n";
/** What a process leaves that is killed before the jugdir has its format. */
const FORMAT_DRAFT = /^format\.[0-9A-Za-z]+-[0-9a-z]+$/;
/** What systems and habits put into a folder that is empty otherwise. */
const NOTHING = /^(?:lost\+found|\.gitignore|\.gitkeep|\.DS_Store|\.snapshot|\.nfs[0-9a-f]+)$/;

type FormatPlace = Pick<Jugdir, "files" | "address" | "layout" | "refresh">;

/**
 * Checks that the jugdir, where there is one, is a folder that this version can read. A folder that is as good as empty is none yet.
 *
 * @param wasKnown Whether it had its format before. Then what is in it may be what somebody who removes it has not got to yet
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
      ? `jugdir "${address}": its file "format" holds something that jug did not write`
      : `jugdir "${address}" has format ${version}; this version of jug knows format 1`,
    { remedy: "Use the version of jug that made it, or choose another jugdir with --jugdir" },
  );
}

/**
 * The file `format`; `undefined` where the folder is as good as empty, or where this host does not see yet what another made
 * there just now. Whoever writes finds that out by the refusal of his own.
 */
function readFormat({ files, address, layout, refresh }: FormatPlace, wasKnown: boolean): string | undefined {
  const text = readText(files, layout.format);
  if (text !== undefined) return text;
  const isOurs = (name: string) => FORMAT_DRAFT.test(name) || wasKnown && isNameOfLayout(name);
  const [other] = files.names(layout.root).filter((name) => !NOTHING.test(name) && !isOurs(name)).sort();
  if (other === undefined) return undefined;
  // Listed again: a jugdir gets its format before anything else, but the one listing may have begun before that.
  if (files.names(layout.root).includes(basename(layout.format))) {
    refresh(layout.root);
    return readText(files, layout.format);
  }
  throw new JugError("backend", `"${address}" is no jugdir: it holds ${JSON.stringify(other)}, and no file "format"`, {
    remedy: "With --jugdir, name a folder that is new, empty or a jugdir; or move away what is in this one",
  });
}

/** Opens a jugdir, making nothing. */
export function openJugdir({ address, root, files, clock, timer, tag }: JugdirParts): Jugdir {
  const layout = layoutOf(root);
  // Not the one for failures: as long as it is not there, storing a result need not look for a failure to forget.
  const folders = [layout.results, layout.locks, layout.steals, layout.workers, layout.tmp];
  const resultFolders = new Set<string>();
  let mount: Mount | undefined;
  let prepared = false;
  let count = 0;
  let guest = NOBODY;

  const mounted = () => mount ??= files.mount(layout.root);

  function writeFormat(): void {
    // Linked into place: nobody reads half of it, and that of another version, made at this moment, is not replaced.
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
    if (mounted().tellsByTime) files.stamp(folder);
  }

  function makeFolder(folder: string): void {
    if (files.exists(folder)) return;
    files.makeFolder(folder);
    showChange(dirname(folder));
  }

  function refresh(folder: string): void {
    if (mounted().kind === "local" || files.refresh(folder)) return;
    // That a folder is not there may be a memory as well, up to the one that the jugdir lies in, and above.
    const above = dirname(folder);
    if (above === folder) return;
    try {
      refresh(above);
    } catch (error) {
      const isForbidden = error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
      if (!isForbidden || folder !== layout.root) throw error;
      return; // not ours to look at: without a jugdir, nothing is there for as long as this host remembers it so
    }
    files.refresh(folder);
  }

  const place = { files, address, layout, refresh };
  let isKnown = checkFormat(place) === "known";

  function prepare(): void {
    if (prepared) return;
    if (checkFormat(place, isKnown) === "absent") {
      files.makeFolder(layout.root);
      mount = undefined; // more may be asked of a folder that is there
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
        // Stale: a process that stood still for ten leases, while others tidied its draft away.
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
      for (const folder of new Set(hashes.map(layout.resultFolder))) refresh(folder);
    },
  };
}
