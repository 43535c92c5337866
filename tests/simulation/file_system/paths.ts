/**
 * Paths, walked name by name with what a host knows of names.
 *
 * @module
 */
import { SystemFailure } from "./failure.ts";
import type { NameCache } from "./name_cache.ts";
import type { Inode, Server } from "./server.ts";

/** A folder, and a name in it that need not be there. */
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

  /** What lies there, as far as the host knows. */
  find(path: string): Inode | undefined {
    if (path === "/") return this.#server.root;
    const place = this.placeIfThere(path);
    return place === undefined ? undefined : this.#names.lookUp(place.folder, place.name);
  }

  /** `undefined` where a folder above it is not there. */
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

  /** Throws `ENOENT` where a folder above it is not there. */
  place(path: string): Place {
    const place = this.placeIfThere(path);
    if (place === undefined) throw new SystemFailure("ENOENT", path);
    return place;
  }

  /** Makes a folder and those above it. */
  enter(path: string): Inode {
    let folder = this.#server.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      folder = this.#names.lookUp(folder, name) ?? this.make(folder, name, "folder") ?? this.taken({ folder, name });
    }
    return folder;
  }

  /** Makes a file or a folder; `undefined` where the name is taken. */
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

  /** What has a name, after the server said that it is taken. */
  taken({ folder, name }: Place): Inode {
    const found = this.#names.lookUpNow(folder, name);
    if (found === undefined) throw new SystemFailure("ENOENT", `${folder.path}/${name}`);
    return found;
  }
}
