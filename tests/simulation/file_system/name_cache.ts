/**
 * What one host remembers of the names in folders: a name goes on meaning the file that it meant, and an absent one goes on
 * being absent, as long as the folder's attributes are believed.
 *
 * @module
 */
import type { MountOptions } from "./mount_options.ts";
import { type Inode, namesOf, type Server } from "./server.ts";

/** An answer that differs from what the server would have said. */
export interface Stale {
  readonly what: string;
  readonly path: string;
}

interface FolderCache {
  /** The folder's change attribute when it was last looked at. */
  change: number;
  mtime: number;
  believedUntil: number;
  readonly names: Map<string, Inode | undefined>;
  listing: readonly string[] | undefined;
}

/** What a host looks names up with. */
export interface NameCacheParts {
  readonly server: Server;
  readonly mount: MountOptions;
  readonly random: () => number;
  /** Whether an inode can still be used. */
  lives(inode: Inode): boolean;
  /** Told whenever an answer differs from what the server would have said. */
  onStale(stale: Stale): void;
}

/** What a server shows of an inode's changes. */
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

  /** Forgets all: the host was started anew. */
  clear(): void {
    this.#folders.clear();
  }

  /** The file or folder that has this name, as far as this host knows. */
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
    // Unknown, or a handle that is stale: the kernel looks the name up anew.
    return this.lookUpNow(folder, name);
  }

  /** Asks the server. */
  lookUpNow(folder: Inode, name: string): Inode | undefined {
    const truth = this.#parts.server.lookUp(folder, name);
    this.remember(folder, name, truth);
    return truth;
  }

  /** The outcome of an operation of this host's own. */
  remember(folder: Inode, name: string, inode: Inode | undefined): void {
    if (this.#parts.mount.kind === "network") this.#folder(folder).names.set(name, inode);
  }

  forget(folder: Inode, name: string): void {
    this.#folders.get(folder.ino)?.names.delete(name);
  }

  /** The folder's time of change, as far as this host knows. */
  mtime(folder: Inode): number {
    if (this.#parts.mount.kind === "local") return folder.mtime;
    const { mtime } = this.#folder(folder);
    if (mtime !== folder.mtime) {
      this.#parts.onStale({ what: "an old time of the folder", path: folder.path });
    }
    return mtime;
  }

  /** What opening a folder does. */
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
   * Runs a change of this host's own. The server's answer, a refusal too, holds the folder's new change attribute. All other
   * names were looked up under an older one, so they are looked up again.
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
      if (mount.noticesOthers) {
        this.#validate(folder, cache);
      } else if (cache.change === before) {
        cache.change = changeOf(folder, mount);
        cache.mtime = folder.mtime;
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
