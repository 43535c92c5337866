/**
 * Detects whether a file is on a network file system, where SQLite's shared memory does not reach other hosts.
 *
 * @module
 */
import { readProc } from "../proc_files.ts";

const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|lustre|beegfs|gpfs|glusterfs|ocfs2|gfs2|orangefs|pvfs2|fuse\.(sshfs|glusterfs|ceph|s3fs|gcsfuse|juicefs|rclone|beegfs|moosefs|lizardfs))$/;

/** Returns the text that lists the mounted file systems, `undefined` if it may not be read. */
export function readMounts(): string | undefined {
  return readProc("/proc/self/mounts");
}

/**
 * Returns the type of the network file system that holds `path` (absolute) according to the list of mounts; `undefined`
 * if it is not on one.
 */
export function networkFileSystem(path: string, mounts: string): string | undefined {
  let longest = -1;
  let found: string | undefined;
  for (const line of mounts.split("\n")) {
    const [, place, type] = line.split(" ");
    if (place === undefined || type === undefined) continue;
    // Spaces and some other characters are written as octal numbers.
    const folder = place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const isInside = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    // Of two mounts at the same place, the later one is visible.
    if (!isInside || folder.length < longest) continue;
    longest = folder.length;
    found = NETWORK.test(type) ? type : undefined;
  }
  return found;
}
