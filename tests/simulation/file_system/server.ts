/**
 * The server of the simulated file system, which has the true state. It decides exclusive creations, links, renames and
 * flocks.
 *
 * @module
 */
import { SystemFailure } from "./failure.ts";

/** A flock on an open file. */
export interface Flock {
  readonly host: string;
  readonly handle: number;
  readonly kind: "exclusive" | "shared";
}

/** A file or a folder on the server. */
export interface Inode {
  readonly ino: number;
  /** The path of a folder; for a file the first path it had, used in messages. */
  path: string;
  /** `undefined` for a file. */
  readonly names: Map<string, Inode> | undefined;
  data: Uint8Array<ArrayBuffer>;
  /** The number of names of this inode. */
  links: number;
  /** The number of open files that refer to it, on all hosts. */
  opens: number;
  /** Increases with every change. */
  version: number;
  /** The time of the last change. */
  mtime: number;
  /** A number for a time that a host set and the inode never had. The next change sets the server's time again. */
  stamp: number | undefined;
  locks: readonly Flock[];
}

/** A change on the server, reported to the checks. */
export type ServerEvent =
  | { readonly kind: "named"; readonly path: string; readonly inode: Inode; readonly replaced: Inode | undefined }
  /** `to`: the new name, if the file was renamed. */
  | { readonly kind: "removed"; readonly path: string; readonly inode: Inode; readonly to: string | undefined }
  | { readonly kind: "written"; readonly inode: Inode };

const EMPTY = new Uint8Array(0);
/** The date at which the simulation starts. */
export const START_DATE = 1_700_000_000_000;

/** Returns the names in a folder. Throws `ENOTDIR` for a file. */
export function namesOf(folder: Inode): Map<string, Inode> {
  if (folder.names === undefined) throw new SystemFailure("ENOTDIR", folder.path);
  return folder.names;
}

/** The server of the simulated file system. */
export class Server {
  readonly root: Inode;
  #inos = 1;
  #stamps = 0;

  /**
   * @param now The true time in milliseconds.
   * @param onEvent Called for every change of a name or of data.
   */
  constructor(readonly now: () => number, readonly onEvent: (event: ServerEvent) => void) {
    this.root = this.#make("", true);
  }

  #make(path: string, isFolder: boolean): Inode {
    return {
      ino: this.#inos++,
      path,
      names: isFolder ? new Map() : undefined,
      data: EMPTY,
      links: 1,
      opens: 0,
      version: 1,
      mtime: START_DATE + this.now(),
      stamp: undefined,
      locks: [],
    };
  }

  touch(inode: Inode): void {
    inode.version++;
    inode.mtime = START_DATE + this.now();
    inode.stamp = undefined;
  }

  /** Sets a time that no other change has set. */
  stamp(inode: Inode): void {
    this.touch(inode);
    inode.stamp = ++this.#stamps;
  }

  lookUp(folder: Inode, name: string): Inode | undefined {
    return namesOf(folder).get(name);
  }

  /** Makes a file or a folder. Throws `EEXIST` if the name is taken. */
  create(folder: Inode, name: string, kind: "file" | "folder"): Inode {
    const names = namesOf(folder);
    const path = `${folder.path}/${name}`;
    if (names.has(name)) throw new SystemFailure("EEXIST", path);
    const inode = this.#make(path, kind === "folder");
    names.set(name, inode);
    this.touch(folder);
    this.onEvent({ kind: "named", path, inode, replaced: undefined });
    return inode;
  }

  link(inode: Inode, folder: Inode, name: string): void {
    const names = namesOf(folder);
    const path = `${folder.path}/${name}`;
    if (names.has(name)) throw new SystemFailure("EEXIST", path);
    if (inode.links === 0) throw new SystemFailure("ENOENT", inode.path);
    names.set(name, inode);
    inode.links++;
    this.touch(folder);
    this.onEvent({ kind: "named", path, inode, replaced: undefined });
  }

  rename(from: Inode, oldName: string, to: Inode, newName: string): Inode {
    const source = namesOf(from).get(oldName);
    if (source === undefined) throw new SystemFailure("ENOENT", `${from.path}/${oldName}`);
    const replaced = namesOf(to).get(newName);
    // Both names mean the same file: rename(2) does nothing.
    if (replaced === source) return source;
    if (source.names !== undefined && replaced !== undefined) {
      if (namesOf(replaced).size > 0) throw new SystemFailure("ENOTEMPTY", `${to.path}/${newName}`);
    }
    namesOf(from).delete(oldName);
    namesOf(to).set(newName, source);
    if (replaced !== undefined) replaced.links--;
    this.touch(from);
    if (to !== from) this.touch(to);
    const path = `${to.path}/${newName}`;
    if (source.names !== undefined) source.path = path;
    this.onEvent({ kind: "removed", path: `${from.path}/${oldName}`, inode: source, to: path });
    this.onEvent({ kind: "named", path, inode: source, replaced });
    return source;
  }

  /** Removes the name of a file or of an empty folder. Throws `ENOENT` if it is missing. */
  unlink(folder: Inode, name: string): Inode {
    const path = `${folder.path}/${name}`;
    const inode = namesOf(folder).get(name);
    if (inode === undefined) throw new SystemFailure("ENOENT", path);
    if (inode.names !== undefined && inode.names.size > 0) throw new SystemFailure("ENOTEMPTY", path);
    namesOf(folder).delete(name);
    inode.links--;
    this.touch(folder);
    this.onEvent({ kind: "removed", path, inode, to: undefined });
    return inode;
  }

  write(inode: Inode, position: number, bytes: Uint8Array): void {
    const data = new Uint8Array(Math.max(inode.data.length, position + bytes.length));
    data.set(inode.data);
    data.set(bytes, position);
    inode.data = data;
    this.touch(inode);
    this.onEvent({ kind: "written", inode });
  }

  truncate(inode: Inode, length: number): void {
    inode.data = inode.data.slice(0, length);
    this.touch(inode);
    this.onEvent({ kind: "written", inode });
  }

  /** Returns the inode at an absolute path, in its current state. */
  find(path: string): Inode | undefined {
    let inode: Inode | undefined = this.root;
    for (const name of path.split("/")) {
      if (name !== "") inode = inode?.names?.get(name);
    }
    return inode;
  }
}
