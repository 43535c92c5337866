/**
 * The names in folders that one host remembers. A name keeps meaning the same file, and an absent name stays absent, as
 * long as the host trusts the cached attributes of the folder.
 *
 * @module
 */
import type { MountOptions } from "./mount_options.ts";
import { type Inode, namesOf, type Server } from "./server.ts";

/** An answer that differs from the server's state. */
export interface Stale {
  readonly what: string;
  readonly path: string;
}

interface FolderCache {
  /** The folder's change attribute when it was last checked. */
  change: number;
  mtime: number;
  believedUntil: number;
  readonly names: Map<string, Inode | undefined>;
  listing: readonly string[] | undefined;
}

/** What a name cache works with. */
export interface NameCacheParts {
  readonly server: Server;
  readonly mount: MountOptions;
  readonly random: () => number;
  /** Whether an inode can still be used. */
  lives(inode: Inode): boolean;
  /** Called when an answer differs from the server's state. */
  onStale(stale: Stale): void;
}

/** How often a host that has looked for a name looks for it again while it is being given to a file. */
const MEANWHILE = 0.2;

/** Returns the change attribute that a server shows for an inode. */
export function changeOf(inode: Inode, mount: MountOptions): number {
  if (mount.changeStep === 0) return inode.version;
  return inode.stamp === undefined ? Math.floor(inode.mtime / mount.changeStep) : -inode.stamp;
}

/** The names that one host remembers. */
export class NameCache {
  readonly #parts: NameCacheParts;
  readonly #folders = new Map<number, FolderCache>();

  constructor(parts: NameCacheParts) {
    this.#parts = parts;
  }

  /** Forgets everything, as a restart of the host does. */
  clear(): void {
    this.#folders.clear();
  }

  /** Returns the file or folder with this name, as far as this host knows. */
  lookUp(folder: Inode, name: string): Inode | undefined {
    const { server, mount, lives, onStale } = this.#parts;
    if (mount.kind === "local") return server.lookUp(folder, name);
    const cache = this.#folder(folder);
    const known = cache.names.get(name);
    if (cache.names.has(name) && (known === undefined || lives(known))) {
      const truth = server.lookUp(folder, name);
      if (truth !== known) {
        const what = known === undefined ? `"${name}" remembered as absent` : `"${name}" remembered as an old file`;
        onStale({ what, path: `${folder.path}/${name}` });
      }
      return known;
    }
    // The name is unknown or its handle is stale: the kernel looks the name up again.
    return this.lookUpNow(folder, name);
  }

  /** Looks a name up on the server. */
  lookUpNow(folder: Inode, name: string): Inode | undefined {
    const truth = this.#parts.server.lookUp(folder, name);
    this.remember(folder, name, truth);
    return truth;
  }

  /** Records the outcome of an operation of this host. */
  remember(folder: Inode, name: string, inode: Inode | undefined): void {
    if (this.#parts.mount.kind === "network") this.#folder(folder).names.set(name, inode);
  }

  /**
   * Another process of this host looks the name up while the server is giving it to a file. Linux changes the folder
   * before the name can be found: between the two, the folder has its new change attribute, but the name counts as
   * absent, and the host remembers both. No refresh corrects that until the folder changes again. Only a host that has
   * looked for the name before is interested in it. With a coarse clock, this is left out: what can then happen is not
   * promised (see docs/file-backend.md).
   */
  lookUpMeanwhile(folder: Inode, name: string): void {
    const { mount, random } = this.#parts;
    const cache = this.#folders.get(folder.ino);
    if (mount.kind === "local" || mount.changeStep > 0 || cache === undefined) return;
    if (!cache.names.has(name) || cache.names.get(name) !== undefined || random() >= MEANWHILE) return;
    this.#validate(folder, cache);
    cache.names.set(name, undefined);
  }

  forget(folder: Inode, name: string): void {
    this.#folders.get(folder.ino)?.names.delete(name);
  }

  /** Returns the folder's time of change, as far as this host knows. */
  mtime(folder: Inode): number {
    if (this.#parts.mount.kind === "local") return folder.mtime;
    const { mtime } = this.#folder(folder);
    if (mtime !== folder.mtime) {
      this.#parts.onStale({ what: "an old time of the folder", path: folder.path });
    }
    return mtime;
  }

  /** Checks the folder's attributes with the server, as opening the folder does. */
  refresh(folder: Inode): void {
    const { mount } = this.#parts;
    if (mount.kind === "network" && mount.closeToOpen) this.#validate(folder, this.#folder(folder));
  }

  list(folder: Inode): readonly string[] {
    const truth = [...namesOf(folder).keys()];
    if (this.#parts.mount.kind === "local") return truth;
    this.refresh(folder);
    const cache = this.#folder(folder);
    cache.listing ??= truth;
    if (cache.listing.join("/") !== truth.join("/")) {
      this.#parts.onStale({ what: "an old listing", path: folder.path });
    }
    return cache.listing;
  }

  /**
   * Performs a change of this host. The server's reply, even a refusal, contains the folder's change attribute before
   * and after. If nobody else has changed the folder since the host last asked, the other names stay what they were.
   */
  change<T>(folder: Inode, act: () => T): T {
    const { mount } = this.#parts;
    if (mount.kind === "local") return act();
    const cache = this.#folder(folder);
    const before = changeOf(folder, mount);
    try {
      return act();
    } finally {
      cache.listing = undefined;
      if (cache.change === before) {
        cache.change = changeOf(folder, mount);
        cache.mtime = folder.mtime;
      } else if (mount.noticesOthers) {
        this.#validate(folder, cache);
      }
    }
  }

  #folder(folder: Inode): FolderCache {
    const known = this.#folders.get(folder.ino);
    if (known === undefined) {
      const made: FolderCache = { change: 0, mtime: 0, believedUntil: 0, names: new Map(), listing: undefined };
      this.#believe(folder, made);
      this.#folders.set(folder.ino, made);
      return made;
    }
    if (this.#parts.server.now() >= known.believedUntil) this.#validate(folder, known);
    return known;
  }

  #validate(folder: Inode, cache: FolderCache): void {
    if (changeOf(folder, this.#parts.mount) !== cache.change) {
      cache.names.clear();
      cache.listing = undefined;
    }
    this.#believe(folder, cache);
  }

  #believe(folder: Inode, cache: FolderCache): void {
    const { mount, random, server } = this.#parts;
    cache.change = changeOf(folder, mount);
    cache.mtime = folder.mtime;
    cache.believedUntil = server.now() + mount.acdirmin + random() * (mount.acdirmax - mount.acdirmin);
  }
}
