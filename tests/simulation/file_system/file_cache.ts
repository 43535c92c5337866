/**
 * The data and attributes of files that one host remembers, and the data that it has written but not sent to the
 * server.
 *
 * @module
 */
import { SystemFailure } from "./failure.ts";
import { changeOf, type Stale } from "./name_cache.ts";
import type { MountOptions } from "./mount_options.ts";
import type { Inode, Server } from "./server.ts";

interface Range {
  readonly position: number;
  readonly bytes: Uint8Array;
}

interface Pages {
  readonly inode: Inode;
  change: number;
  mtime: number;
  /** The file as this host sees it, including its own unsent writes. */
  data: Uint8Array<ArrayBuffer>;
  believedUntil: number;
  unsent: Range[];
  unsentSince: number;
}

/** What a file cache works with. */
export interface FileCacheParts {
  readonly server: Server;
  readonly mount: MountOptions;
  readonly random: () => number;
  lives(inode: Inode): boolean;
  onStale(stale: Stale): void;
}

function withRange(data: Uint8Array<ArrayBuffer>, { position, bytes }: Range): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(Math.max(data.length, position + bytes.length));
  made.set(data);
  made.set(bytes, position);
  return made;
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** The files that one host remembers. */
export class FileCache {
  readonly #parts: FileCacheParts;
  readonly #pages = new Map<number, Pages>();

  constructor(parts: FileCacheParts) {
    this.#parts = parts;
  }

  /** Forgets everything. Unsent data is lost. */
  clear(): void {
    this.#pages.clear();
  }

  /** Returns the bytes of a file, as this host sees them. */
  view(inode: Inode): Uint8Array<ArrayBuffer> {
    if (this.#parts.mount.kind === "local") return inode.data;
    const pages = this.#current(inode);
    if (pages.unsent.length === 0 && !areEqual(pages.data, inode.data)) {
      this.#parts.onStale({ what: "old data", path: inode.path });
    }
    return pages.data;
  }

  mtime(inode: Inode): number {
    return this.#parts.mount.kind === "local" ? inode.mtime : this.#current(inode).mtime;
  }

  /** Checks the file's attributes with the server, as opening it or taking a flock on it does. */
  refresh(inode: Inode): void {
    const { mount, lives } = this.#parts;
    if (mount.kind === "local" || !mount.closeToOpen) return;
    if (!lives(inode)) throw new SystemFailure("ESTALE", inode.path);
    const pages = this.#pages.get(inode.ino);
    if (pages !== undefined) this.#validate(pages);
  }

  write(inode: Inode, position: number, bytes: Uint8Array): void {
    const { mount, server } = this.#parts;
    if (mount.kind === "local") return server.write(inode, position, bytes);
    const pages = this.#current(inode);
    const range = { position, bytes };
    if (pages.unsent.length === 0) pages.unsentSince = server.now();
    pages.unsent.push(range);
    pages.data = withRange(pages.data, range);
  }

  /** Sends unsent data to the server. */
  flush(inode: Inode): void {
    const pages = this.#pages.get(inode.ino);
    if (pages === undefined || pages.unsent.length === 0) return;
    const { mount, server, lives } = this.#parts;
    const { unsent } = pages;
    pages.unsent = [];
    if (!lives(inode)) throw new SystemFailure("ESTALE", inode.path);
    const isAlone = changeOf(inode, mount) === pages.change;
    for (const { position, bytes } of unsent) server.write(inode, position, bytes);
    if (isAlone) this.#believe(pages);
    else this.#validate(pages);
  }

  /** Sends data that has been unsent for the writeback time. */
  flushOld(): void {
    const { mount, server, lives } = this.#parts;
    for (const { inode, unsent, unsentSince } of this.#pages.values()) {
      if (unsent.length > 0 && server.now() - unsentSince >= mount.writebackMs && lives(inode)) this.flush(inode);
    }
  }

  /** Forgets a file after an operation of this host changed it on the server, so that it is read from there again. */
  forget(inode: Inode): void {
    this.#pages.delete(inode.ino);
  }

  #current(inode: Inode): Pages {
    const { server, lives } = this.#parts;
    const known = this.#pages.get(inode.ino);
    if (known === undefined) {
      if (!lives(inode)) throw new SystemFailure("ESTALE", inode.path);
      const made: Pages = {
        inode,
        change: 0,
        mtime: 0,
        data: inode.data,
        believedUntil: 0,
        unsent: [],
        unsentSince: 0,
      };
      this.#believe(made);
      this.#pages.set(inode.ino, made);
      return made;
    }
    if (server.now() >= known.believedUntil) {
      if (!lives(inode)) throw new SystemFailure("ESTALE", inode.path);
      this.#validate(known);
    }
    return known;
  }

  #validate(pages: Pages): void {
    const { inode } = pages;
    // The size tells as well: two writes within one step of the server's clock differ in it.
    const hasOtherSize = pages.unsent.length === 0 && inode.data.length !== pages.data.length;
    if (hasOtherSize || changeOf(inode, this.#parts.mount) !== pages.change) {
      pages.data = inode.data;
      for (const range of pages.unsent) pages.data = withRange(pages.data, range);
    }
    this.#believe(pages);
  }

  #believe(pages: Pages): void {
    const { server, mount, random } = this.#parts;
    pages.change = changeOf(pages.inode, mount);
    pages.mtime = pages.inode.mtime;
    pages.believedUntil = server.now() + mount.acregmin + random() * (mount.acregmax - mount.acregmin);
  }
}
