/**
 * The options with which a simulated folder is mounted.
 *
 * @module
 */

/** How hosts share a folder. Times are in milliseconds. */
export interface MountOptions {
  /** `local`: one host, which always sees the true state. */
  readonly kind: "local" | "network";
  /** A folder's attributes, and so the names in it, are cached for a random time between these two. */
  readonly acdirmin: number;
  readonly acdirmax: number;
  /** The same for a file's attributes. */
  readonly acregmin: number;
  readonly acregmax: number;
  /** Whether opening a file or folder asks the server for its attributes. False: mount option `nocto`. */
  readonly closeToOpen: boolean;
  /** `server`: all hosts see a flock. `host` (`local_lock`, `nolock`): only processes of the same host see it. */
  readonly locking: "server" | "host" | "none";
  /**
   * How a host notices that a folder or a file changed. `0`: by a counter (v4). Otherwise by a time with this
   * resolution in milliseconds (v3): two changes within one step look like one.
   */
  readonly changeStep: number;
  /** Whether the server keeps a removed file for processes that have it open (v4). */
  readonly keepsOpenFiles: boolean;
  /**
   * Whether a host that changes a folder looks up all names in it again if the reply shows that others have changed it
   * too, as Linux does. Without this, old answers last longer.
   */
  readonly noticesOthers: boolean;
  /**
   * Whether the server keeps the flocks of a silent host until another host asks for them (Linux since 5.19). Otherwise
   * the server drops them after its lease. With v3, flocks stay in any case.
   */
  readonly isCourteous: boolean;
  /** How long unsynced data may stay on its host. */
  readonly writebackMs: number;
}

/** One host, without caches. */
export const LOCAL: MountOptions = {
  kind: "local",
  acdirmin: 0,
  acdirmax: 0,
  acregmin: 0,
  acregmax: 0,
  closeToOpen: true,
  locking: "server",
  changeStep: 0,
  keepsOpenFiles: true,
  noticesOthers: true,
  isCourteous: true,
  writebackMs: 0,
};

/** NFS v4.2 with the default options of Linux. */
export const NFS4: MountOptions = {
  kind: "network",
  acdirmin: 30_000,
  acdirmax: 60_000,
  acregmin: 3_000,
  acregmax: 60_000,
  closeToOpen: true,
  locking: "server",
  changeStep: 0,
  keepsOpenFiles: true,
  noticesOthers: true,
  isCourteous: true,
  writebackMs: 30_000,
};

/** NFS v3 with the default options of Linux. */
export const NFS3: MountOptions = { ...NFS4, keepsOpenFiles: false, changeStep: 4 };
