/**
 * Resolves paths name by name, using the names that a host remembers.
 *
 * @module
 */
import { SystemFailure } from "./failure.ts";
import type { NameCache } from "./name_cache.ts";
import type { Inode, Server } from "./server.ts";

/** A folder, and a name in it that may be absent. */
export interface Place {
  readonly folder: Inode;
  readonly name: string;
}

/** The paths of one host. */
export class Paths {
  readonly #server: Server;
  readonly #names: NameCache;

  constructor(server: Server, names: NameCache) {
    this.#server = server;
    this.#names = names;
  }

  /** Returns the file or folder at `path`, as far as the host knows. */
  find(path: string): Inode | undefined {
    if (path === "/") return this.#server.root;
    const place = this.placeIfThere(path);
    return place === undefined ? undefined : this.#names.lookUp(place.folder, place.name);
  }

  /** Returns the folder and name of `path`, or `undefined` if a folder above it is missing. */
  placeIfThere(path: string): Place | undefined {
    const parts = path.split("/").filter((part) => part !== "");
    const name = parts.pop() ?? "";
    let folder: Inode | undefined = this.#server.root;
    for (const part of parts) {
      folder = this.#names.lookUp(folder, part);
      if (folder === undefined) return undefined;
      if (folder.names === undefined) throw new SystemFailure("ENOTDIR", path);
    }
    return { folder, name };
  }

  /** Returns the folder and name of `path`. Throws `ENOENT` if a folder above it is missing. */
  place(path: string): Place {
    const place = this.placeIfThere(path);
    if (place === undefined) throw new SystemFailure("ENOENT", path);
    return place;
  }

  /** Makes a folder and its parents, and returns it. */
  enter(path: string): Inode {
    let folder = this.#server.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      folder = this.#names.lookUp(folder, name) ?? this.make(folder, name, "folder") ?? this.taken({ folder, name });
    }
    return folder;
  }

  /** Makes a file or a folder. Returns `undefined` if the name is taken. */
  make(folder: Inode, name: string, kind: "file" | "folder"): Inode | undefined {
    try {
      const inode = this.#names.change(folder, () => this.#server.create(folder, name, kind));
      this.#names.remember(folder, name, inode);
      return inode;
    } catch (error) {
      if (error instanceof SystemFailure && error.code === "EEXIST") return undefined;
      throw error;
    }
  }

  /** Looks up a name again after the server refused to create it because it is taken. */
  taken({ folder, name }: Place): Inode {
    const found = this.#names.lookUpNow(folder, name);
    if (found === undefined) throw new SystemFailure("ENOENT", `${folder.path}/${name}`);
    return found;
  }
}
