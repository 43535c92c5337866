/**
 * The open files of one host's processes, and their flocks.
 *
 * @module
 */
import { SystemFailure } from "./failure.ts";
import type { FileCache } from "./file_cache.ts";
import type { MountOptions } from "./mount_options.ts";
import type { Flock, Inode } from "./server.ts";

/** An open file of a process. */
interface Handle {
  readonly id: number;
  readonly inode: Inode;
  readonly process: string;
  /** Whether the server dropped the state of this host for the file. If so, reads and syncs fail. */
  broken: boolean;
}

/** What the open files of a host work with. */
export interface OpenFilesParts {
  readonly host: string;
  readonly mount: MountOptions;
  readonly files: FileCache;
  lives(inode: Inode): boolean;
  /** Whether the server has given up a host whose flock is in the way. If so, the server drops that host's state. */
  isGivenUp(host: string): boolean;
  /** Called when an entry in a folder was written to. */
  onTouched(folder: string): void;
  /** Called after a file was closed. */
  onClosed(inode: Inode): void;
}

/** The open files of one host. */
export class OpenFiles {
  readonly #parts: OpenFilesParts;
  readonly #handles = new Map<number, Handle>();
  #last = 0;

  constructor(parts: OpenFilesParts) {
    this.#parts = parts;
  }

  isOpen(inode: Inode): boolean {
    return [...this.#handles.values()].some((handle) => handle.inode === inode);
  }

  open(inode: Inode, process: string): number {
    inode.opens++;
    const id = ++this.#last;
    this.#handles.set(id, { id, inode, process, broken: false });
    return id;
  }

  tryLock(id: number, kind: Flock["kind"]): boolean {
    const { mount, host, files, isGivenUp } = this.#parts;
    const { inode, broken } = this.#handle(id);
    // The client still believes in a flock that the server has dropped.
    if (broken) return true;
    if (mount.locking === "none") throw new SystemFailure("ENOTSUP", inode.path);
    const isMine = (lock: Flock) => lock.host === host && lock.handle === id;
    const isInTheWay = (lock: Flock) =>
      !isMine(lock) && (mount.locking === "server" || lock.host === host) &&
      (lock.kind === "exclusive" || kind === "exclusive");
    const others = new Set(inode.locks.filter(isInTheWay).map((lock) => lock.host));
    const lapsed = new Set([...others].filter((other) => other !== host && isGivenUp(other)));
    inode.locks = inode.locks.filter((lock) => !lapsed.has(lock.host));
    if (inode.locks.some(isInTheWay)) return false;
    inode.locks = [...inode.locks.filter((lock) => !isMine(lock)), { host, handle: id, kind }];
    // Locking a file checks its attributes, as opening it does.
    files.refresh(inode);
    return true;
  }

  size(id: number): number {
    return this.#parts.files.view(this.#handle(id).inode).length;
  }

  read(id: number, position: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#parts.files.view(this.#sound(id).inode).slice(position, position + length);
  }

  write(id: number, position: number, bytes: Uint8Array): void {
    const { files, onTouched } = this.#parts;
    const { inode, broken } = this.#handle(id);
    // The write is accepted, and its data is lost.
    if (broken) return;
    files.write(inode, position, bytes);
    onTouched(inode.path.slice(0, inode.path.lastIndexOf("/")));
  }

  sync(id: number): void {
    this.#parts.files.flush(this.#sound(id).inode);
  }

  close(id: number): void {
    const handle = this.#handles.get(id);
    if (handle === undefined) return;
    const { host, files, lives, onClosed } = this.#parts;
    const { inode, broken } = handle;
    // A failure to send is not reported: `close` in Deno returns nothing.
    if (!broken && lives(inode)) files.flush(inode);
    this.#handles.delete(id);
    inode.locks = inode.locks.filter((lock) => lock.host !== host || lock.handle !== id);
    inode.opens--;
    onClosed(inode);
  }

  /** Closes all files of a process that ended, as the kernel does. */
  closeAll(process: string): void {
    for (const { id } of [...this.#handles.values()].filter((handle) => handle.process === process)) this.close(id);
  }

  /** Forgets all open files after a power cut. The server keeps the flocks until it notices. */
  lose(): void {
    for (const { inode } of this.#handles.values()) inode.opens--;
    this.#handles.clear();
  }

  /**
   * Drops all flocks of a host that was silent for too long, as a server does. The files that were locked become
   * unusable.
   */
  dropLocks(): void {
    for (const handle of this.#handles.values()) {
      const isMine = (lock: Flock) => lock.host === this.#parts.host && lock.handle === handle.id;
      handle.broken ||= handle.inode.locks.some(isMine);
      handle.inode.locks = handle.inode.locks.filter((lock) => !isMine(lock));
    }
  }

  #handle(id: number): Handle {
    const handle = this.#handles.get(id);
    if (handle === undefined) throw new Error(`no open file ${id}`);
    if (!this.#parts.lives(handle.inode)) throw new SystemFailure("ESTALE", handle.inode.path);
    return handle;
  }

  #sound(id: number): Handle {
    const handle = this.#handle(id);
    if (handle.broken) throw new SystemFailure("EIO", handle.inode.path);
    return handle;
  }
}
