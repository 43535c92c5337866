/**
 * Executes a claimant's file operations on its host.
 *
 * @module
 */
import type { Host } from "../file_system/host.ts";
import type { MountOptions } from "../file_system/mount_options.ts";
import { bytesOfText, type FileOperation, textOfBytes } from "../threads/operations.ts";

/** The process that an operation belongs to, and its host. */
export interface Executor {
  readonly host: Host;
  readonly process: string;
  readonly mount: MountOptions;
}

/** Executes an operation and returns the answer for the claimant. Throws `SystemFailure`. */
export function execute(operation: FileOperation, { host, process, mount }: Executor): unknown {
  switch (operation.kind) {
    case "exists":
      return host.stat(operation.path) !== undefined;
    case "stat":
      return host.stat(operation.path);
    case "readFile": {
      const bytes = host.read(operation.path);
      return bytes === undefined ? null : textOfBytes(bytes);
    }
    case "names":
      return host.list(operation.path);
    case "remove":
      return host.remove(operation.path);
    case "makeFolder":
      return host.makeFolder(operation.path);
    case "truncate":
      return host.truncate(operation.path, operation.length);
    case "refresh":
      return host.refresh(operation.path);
    case "stamp":
      return host.stamp(operation.path);
    case "syncFolder":
    case "watch":
      return undefined;
    case "mount":
      return { kind: mount.kind };
    case "open":
      return host.openFile(operation.path, operation.mode, process);
    case "link":
      return host.link(operation.path, operation.to);
    case "rename":
      return host.rename(operation.path, operation.to);
    case "tryLock":
      return host.open.tryLock(operation.file, operation.lock);
    case "size":
      return host.open.size(operation.file);
    case "sync":
      return host.open.sync(operation.file);
    case "close":
      return host.open.close(operation.file);
    case "read":
      return textOfBytes(host.open.read(operation.file, operation.position, operation.length));
    case "write":
      return host.open.write(operation.file, operation.position, bytesOfText(operation.bytes));
  }
}
