/**
 * An open jugdir: its paths, the folders that the first write creates, names for temporary files, and its format.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { isStale, isTaken } from "./errors.ts";
import { firstHeadNames } from "./claims/head_name.ts";
import { PARTITIONS } from "./claims/partition.ts";
import { type FileSystem, type Mount, readText, type Timer } from "./system/file_system.ts";
import { NOBODY } from "./token.ts";
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
  /** Returns the time in milliseconds since 1970. */
  readonly date: () => number;
  readonly timer: Timer;
  /** Letters and digits that no other opening of the folder has. */
  readonly tag: string;
  /** Into how many partitions the hashes are divided, if the jugdir is created. @default 32 */
  readonly partitions?: number;
  /** Whether what is stored must be on the disk before it counts. @default false */
  readonly durable?: boolean;
}

/** An open jugdir, shared by the parts of the file backend. */
export interface Jugdir extends Omit<JugdirParts, "root" | "tag"> {
  readonly layout: Layout;
  /** The file system that holds the jugdir. */
  readonly mount: Mount;
  /** Whether it exists, as far as is known. */
  readonly isThere: boolean;
  /** Into how many partitions the hashes are divided. */
  readonly partitions: number;
  /** Returns a globally unique text: the tag and a number that increases with each call. */
  nextCount(): string;
  /** Returns a new path for a temporary file of `owner`. The file name identifies the owner of leftovers. */
  temporary(owner: string): string;
  /** Creates the jugdir if it does not exist, and checks its format. Further calls cost nothing. */
  prepare(): void;
  /** Creates a folder directly in the jugdir if it does not exist. */
  makeFolder(folder: string): void;
  /** Writes a new file, so that every host can read it afterwards. A durable jugdir has it on the disk. */
  write(path: string, bytes: Uint8Array): void;
  /** In a durable jugdir, makes sure that the names in a folder are on the disk. */
  keepNames(folder: string): void;
  /**
   * Runs `work`. If a folder or one of its drafts was removed in the meantime, creates all folders again and runs
   * `work` once more. So `work` must have the same effect if it is started again after a `NotFound` or a stale file
   * handle.
   */
  withFolders<T>(work: () => T): T;
  /**
   * Makes sure that what this host has cached about the names in a folder of the jugdir is no older than this call, as
   * far as the file system can do that. Does nothing if only this host can write to the file system.
   */
  refresh(folder: string): void;
  /**
   * Changes a folder once more after a name in it was changed, so that every host sees the name after its next refresh
   * of the folder. Without this, a refresh may keep an old listing: with NFSv3, two changes within one step of the
   * server's clock look like one; and a Linux server shows the change of a folder before the name. Does nothing if only
   * this host can write to the file system.
   */
  touch(folder: string): void;
}

/** Returns the content of the file `format`. */
export function formatText(partitions: number): string {
  return `jug file backend\nformat 2\npartitions ${partitions}\n`;
}
const KNOWN_FORMAT = /^jug file backend\nformat 2\npartitions (\d{1,3})\n$/;
const MAX_PARTITIONS = 256;
/** The name of a draft of the format file. It remains if a process is killed before the jugdir has its format. */
const FORMAT_DRAFT = /^format\.[0-9A-Za-z]+-[0-9a-z]+$/;
/** Names that systems, or people by habit, put into an otherwise empty folder. */
const NOTHING = /^(?:lost\+found|\.gitignore|\.gitkeep|\.DS_Store|\.snapshot|\.nfs[0-9a-f]+)$/;

/** A folder that changed within this time is as good as one that changed now, in milliseconds. */
const NOW_MS = 1000;

const NOTHING_WRITTEN = new Uint8Array();

type FormatPlace = Pick<Jugdir, "files" | "address" | "layout" | "refresh">;

/** What the file `format` says. */
export interface Format {
  readonly partitions: number;
}

/**
 * Reads the format of the jugdir. Returns `undefined` if the jugdir does not exist; a folder that is practically empty
 * counts as absent.
 *
 * @param wasKnown Whether the jugdir had its format before. If so, other files in it may be the rest of a removal that
 * is still running
 * @throws {JugError} of kind "backend", if it is a file, has an unknown format, or holds other things and no format
 */
export function readFormat(place: FormatPlace, wasKnown = false): Format | undefined {
  const { files, address, layout } = place;
  const root = files.stat(layout.root);
  if (root === undefined) return undefined;
  if (!root.isDirectory) {
    throw new JugError("backend", `jugdir "${address}" is a file, not a folder`, {
      remedy: "Choose another place with --jugdir, or move the file away",
    });
  }
  const text = readFormatText(place, wasKnown);
  if (text === undefined) return undefined;
  const partitions = Number(KNOWN_FORMAT.exec(text)?.[1]);
  if (partitions >= 1 && partitions <= MAX_PARTITIONS) return { partitions };
  if (text.endsWith("\nconverting\n")) {
    throw new JugError("backend", `jugdir "${address}": its conversion to format 2 was interrupted, or is running`, {
      remedy: `Continue it: jug upgrade --jugdir ${shellQuote(address)}`,
    });
  }
  const version = /^jug file backend\nformat ([\w.-]{1,20})\n/.exec(text)?.[1];
  throw new JugError(
    "backend",
    version === undefined
      ? `jugdir "${address}": its file "format" has content that jug did not write`
      : `jugdir "${address}" has format ${version}; this version of jug knows format 2`,
    {
      remedy: version === "1"
        ? `Convert it: jug upgrade --jugdir ${shellQuote(address)}`
        : "Use the version of jug that made it, or choose another jugdir with --jugdir",
    },
  );
}

/**
 * Returns the content of the file `format`. It is `undefined` if the folder is practically empty, or if this host does
 * not yet see the file that another host has just created. A writer notices the latter when its own file is refused.
 */
function readFormatText({ files, address, layout, refresh }: FormatPlace, wasKnown: boolean): string | undefined {
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
export function openJugdir(
  { address, root, files, clock, date, timer, tag, partitions = PARTITIONS, durable = false }: JugdirParts,
): Jugdir {
  const layout = layoutOf(root);
  const folders = [layout.segments, layout.states, layout.workers, layout.tmp];
  let mount: Mount | undefined;
  let prepared = false;
  let count = 0;

  const mounted = () => mount ??= files.mount(layout.root);
  const isNetwork = () => mounted().kind === "network";
  const nextCount = () => `${tag}-${(count++).toString(36)}`;

  function writeSynced(path: string, bytes: Uint8Array): void {
    using file = files.open(path, "create");
    file.write(bytes, 0);
    file.sync();
  }

  function keepNames(folder: string): void {
    if (durable) files.syncFolder(folder);
  }

  function writeFormat(): void {
    // Link the file into place: nobody reads a partial file, and a format of another version that is created at the
    // same moment is not replaced.
    const draft = `${layout.format}.${nextCount()}`;
    try {
      // Synced, since a jugdir with an empty format file would be refused after a power cut.
      writeSynced(draft, new TextEncoder().encode(formatText(partitions)));
      const outcome = files.link(draft, layout.format);
      if (outcome === "unsupported") files.rename(draft, layout.format);
      if (outcome === "exists") takeFormat();
    } finally {
      files.remove(draft);
    }
  }

  /**
   * Creates the folder of heads unless it exists: as a whole, by a rename, which fails if there is one that has content.
   * Heads created one by one could appear beside those that another process has changed already.
   */
  function makeHeads(): void {
    if (files.exists(layout.heads)) return;
    const draft = `${layout.tmp}/${NOBODY}.${nextCount()}`;
    files.makeFolder(draft);
    const names = firstHeadNames(partitions, date());
    for (const name of names) files.create(`${draft}/${name}`, NOTHING_WRITTEN);
    keepNames(draft);
    try {
      files.rename(draft, layout.heads);
    } catch (error) {
      for (const name of names) files.remove(`${draft}/${name}`);
      files.remove(draft);
      if (!isTaken(error)) throw error;
      // This host may have cached that there is no such folder. It forgets that when its creation is refused.
      files.makeFolder(layout.heads);
    }
  }

  function makeFolder(folder: string): void {
    if (!files.exists(folder)) files.makeFolder(folder);
  }

  function refresh(folder: string): void {
    if (!isNetwork() || files.refresh(folder)) return;
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

  const place = { files, address, layout, refresh };

  /** Reads the format, if there is one. */
  function takeFormat(): boolean {
    const format = readFormat(place, isKnown);
    if (format === undefined) return false;
    partitions = format.partitions;
    return true;
  }

  let isKnown = false;
  isKnown = takeFormat();

  function prepare(): void {
    if (prepared) return;
    if (!takeFormat()) {
      files.makeFolder(layout.root);
      mount = undefined; // more can be found out about a folder that exists
      // The folder above is not jug's own, so it gets a time close to the one that it has now.
      if (isNetwork()) files.stamp(dirname(layout.root), NOW_MS);
      writeFormat();
    }
    isKnown = true;
    for (const folder of folders) makeFolder(folder);
    makeHeads();
    keepNames(layout.root);
    keepNames(dirname(layout.root));
    prepared = true;
  }

  return {
    address,
    layout,
    files,
    clock,
    date,
    timer,
    durable,
    get mount() {
      return mounted();
    },
    get isThere() {
      return isKnown ||= takeFormat();
    },
    get partitions() {
      return partitions;
    },
    nextCount,
    temporary: (owner) => `${layout.tmp}/${owner}.${nextCount()}`,
    prepare,
    makeFolder,
    write(path, bytes) {
      if (durable) writeSynced(path, bytes);
      // Closing a file sends what was written to the file server.
      else if (!files.create(path, bytes)) throw new Error(`${path} exists already`);
    },
    keepNames,
    withFolders(work) {
      try {
        return work();
      } catch (error) {
        // Stale: this process was stopped for ten leases, and others removed its draft.
        if (!(error instanceof Deno.errors.NotFound) && !isStale(error)) throw error;
        prepared = false;
        prepare();
        return work();
      }
    },
    refresh,
    touch(folder) {
      if (isNetwork()) files.stamp(folder);
    },
  };
}
