/**
 * One host of the simulated file system. It answers every call of a process from what the host remembers or by asking
 * the server, as the NFS client of Linux does.
 *
 * @module
 */
import { basename, dirname } from "node:path/posix";
import { SystemFailure } from "./failure.ts";
import { FileCache } from "./file_cache.ts";
import type { MountOptions } from "./mount_options.ts";
import { NameCache, type Stale } from "./name_cache.ts";
import { OpenFiles } from "./open_files.ts";
import { Paths, type Place } from "./paths.ts";
import type { Inode, Server } from "./server.ts";

/** How a file is opened, as in backends/file/system/file_system.ts. */
export type Mode = "read" | "create" | "write";

/** The result of a stat. */
export interface Attributes {
  readonly isDirectory: boolean;
  readonly size: number;
  readonly mtime: number;
  readonly ino: number;
}

/** What a host works with. */
export interface HostParts {
  readonly name: string;
  readonly server: Server;
  readonly mount: MountOptions;
  readonly random: () => number;
  /** Called when an answer differs from the server's state. */
  onStale(stale: Stale): void;
  /** Called when a process of this host writes to an entry directly in a folder. */
  onTouched(folder: string): void;
  /** Whether the server has given up a host whose flock is in the way. If so, the server drops that host's state. */
  isGivenUp(host: string): boolean;
}

/** A host of the simulated file system. */
export class Host {
  readonly #parts: HostParts;
  readonly #names: NameCache;
  readonly #paths: Paths;
  readonly #files: FileCache;
  readonly open: OpenFiles;
  /** Files that were renamed instead of removed because a process of this host has them open. */
  readonly #silly = new Map<number, Place>();
  #lastSilly = 0;

  constructor(parts: HostParts) {
    const { server, mount, random, onStale, name, isGivenUp, onTouched } = parts;
    const lives = (inode: Inode) => inode.links > 0 || mount.keepsOpenFiles && inode.opens > 0;
    this.#parts = parts;
    this.#names = new NameCache({ server, mount, random, lives, onStale });
    this.#paths = new Paths(server, this.#names);
    this.#files = new FileCache({ server, mount, random, lives, onStale });
    const onClosed = (inode: Inode) => this.#removeSilly(inode);
    this.open = new OpenFiles({ host: name, mount, files: this.#files, lives, isGivenUp, onTouched, onClosed });
  }

  stat(path: string): Attributes | undefined {
    const inode = this.#paths.find(path);
    if (inode === undefined) return undefined;
    const isDirectory = inode.names !== undefined;
    if (isDirectory) return { isDirectory, size: 0, mtime: this.#names.mtime(inode), ino: inode.ino };
    // To learn a file's time, the kernel first sends unsent data.
    this.#files.flush(inode);
    return { isDirectory, size: this.#files.view(inode).length, mtime: this.#files.mtime(inode), ino: inode.ino };
  }

  read(path: string): Uint8Array<ArrayBuffer> | undefined {
    const inode = this.#paths.find(path);
    if (inode === undefined) return undefined;
    if (inode.names !== undefined) throw new SystemFailure("EISDIR", path);
    this.#files.refresh(inode);
    return this.#files.view(inode);
  }

  list(path: string): readonly string[] {
    const inode = this.#paths.find(path);
    return inode === undefined ? [] : this.#names.list(inode);
  }

  refresh(path: string): boolean {
    const inode = this.#paths.find(path);
    if (inode !== undefined) this.#names.refresh(inode);
    return inode !== undefined;
  }

  /** Another process of this host looks up a path that the server is giving to a file. */
  lookUpMeanwhile(path: string): void {
    const folder = this.#parts.server.find(dirname(path));
    if (folder !== undefined) this.#names.lookUpMeanwhile(folder, basename(path));
  }

  /** Gives the folder a time that it never had. The server's reply contains the new attributes. */
  stamp(path: string): void {
    const inode = this.#paths.find(path);
    if (inode !== undefined) this.#names.change(inode, () => this.#parts.server.stamp(inode));
  }

  link(from: string, to: string): "linked" | "exists" {
    const inode = this.#paths.find(from);
    const { folder, name } = this.#paths.place(to);
    if (inode === undefined) throw new SystemFailure("ENOENT", from);
    // The kernel forgets the name before it asks the server, so the next lookup after a refusal is fresh.
    this.#names.forget(folder, name);
    try {
      this.#names.change(folder, () => this.#parts.server.link(inode, folder, name));
    } catch (error) {
      if (error instanceof SystemFailure && error.code === "EEXIST") return "exists";
      throw error;
    }
    this.#names.remember(folder, name, inode);
    this.#parts.onTouched(folder.path);
    return "linked";
  }

  rename(from: string, to: string): void {
    const { server, onTouched } = this.#parts;
    const source = this.#paths.place(from);
    const target = this.#paths.place(to);
    const known = this.#names.lookUp(source.folder, source.name);
    if (known === undefined) throw new SystemFailure("ENOENT", from);
    // Both names mean the same file: rename does nothing.
    if (this.#names.lookUp(target.folder, target.name) === known) return;
    this.#keepOpen(target);
    const act = () => server.rename(source.folder, source.name, target.folder, target.name);
    try {
      this.#names.change(source.folder, () => this.#names.change(target.folder, act));
    } catch (error) {
      this.#names.forget(source.folder, source.name);
      throw error;
    }
    // The kernel moves the name that it knew: if that meant an old file, so does the new name.
    this.#names.remember(target.folder, target.name, known);
    this.#names.remember(source.folder, source.name, undefined);
    onTouched(target.folder.path);
  }

  remove(path: string): boolean {
    const place = this.#paths.placeIfThere(path);
    if (place === undefined) return false;
    const { folder, name } = place;
    if (this.#names.lookUp(folder, name) === undefined) return false;
    const wasKept = this.#keepOpen(place);
    try {
      if (!wasKept) this.#names.change(folder, () => this.#parts.server.unlink(folder, name));
    } catch (error) {
      if (!(error instanceof SystemFailure) || error.code !== "ENOENT") throw error;
      this.#names.remember(folder, name, undefined);
      return false;
    }
    this.#names.remember(folder, name, undefined);
    return true;
  }

  makeFolder(path: string): void {
    this.#paths.enter(path);
  }

  truncate(path: string, length: number): void {
    const inode = this.#paths.find(path);
    if (inode === undefined) throw new SystemFailure("ENOENT", path);
    this.#parts.server.truncate(inode, length);
    this.#files.forget(inode);
  }

  /** Opens a file and returns the number of its handle. */
  openFile(path: string, mode: Mode, process: string): number {
    const place = this.#paths.place(path);
    const { folder, name } = place;
    const known = mode === "create" ? undefined : this.#names.lookUp(folder, name);
    if (known === undefined && mode !== "create") throw new SystemFailure("ENOENT", path);
    const inode = known ?? this.#create(place);
    if (inode.names !== undefined && mode !== "read") throw new SystemFailure("EISDIR", path);
    if (inode.names === undefined) this.#files.refresh(inode);
    return this.open.open(inode, process);
  }

  /** Simulates a power cut. */
  crash(): void {
    this.open.lose();
    this.#names.clear();
    this.#files.clear();
    this.#silly.clear();
  }

  /** Sends data that has been unsent for the writeback time. */
  writeBack(): void {
    this.#files.flushOld();
  }

  #create({ folder, name }: Place): Inode {
    const made = this.#paths.make(folder, name, "file");
    if (made === undefined) throw new SystemFailure("EEXIST", `${folder.path}/${name}`);
    this.#parts.onTouched(folder.path);
    return made;
  }

  /**
   * If a process of this host has the file open, renames it instead of removing it ("silly rename"), as an NFS client
   * does. The file is removed when it is closed. Returns whether it was renamed.
   */
  #keepOpen({ folder, name }: Place): boolean {
    const { mount, server } = this.#parts;
    if (mount.kind === "local") return false;
    const inode = this.#names.lookUp(folder, name);
    if (inode === undefined || !this.open.isOpen(inode)) return false;
    const silly = `.nfs${this.#parts.name}${++this.#lastSilly}`;
    try {
      this.#names.change(folder, () => server.rename(folder, name, folder, silly));
    } catch (error) {
      if (error instanceof SystemFailure && error.code === "ENOENT") return false;
      throw error;
    }
    this.#silly.set(inode.ino, { folder, name: silly });
    return true;
  }

  #removeSilly(inode: Inode): void {
    const place = this.#silly.get(inode.ino);
    if (place === undefined || this.open.isOpen(inode)) return;
    this.#silly.delete(inode.ino);
    this.#names.change(place.folder, () => void this.#parts.server.unlink(place.folder, place.name));
  }
}
