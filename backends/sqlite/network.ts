/**
 * Whether a file lies on a network file system, where SQLite's shared memory does not reach other hosts.
 *
 * @module
 */
import { readProc } from "../proc.ts";

const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|lustre|beegfs|gpfs|glusterfs|ocfs2|gfs2|orangefs|pvfs2|fuse\.(sshfs|glusterfs|ceph|s3fs|gcsfuse|juicefs|rclone|beegfs|moosefs|lizardfs))$/;

/** The text that lists the mounted file systems; `undefined` where it may not be read. */
export function readMounts(): string | undefined {
  return readProc("/proc/self/mounts");
}

/** The network file system that holds `path` (absolute), by the list of mounts; `undefined` where it is none. */
export function networkFileSystem(path: string, mounts: string): string | undefined {
  let longest = -1;
  let found: string | undefined;
  for (const line of mounts.split("\n")) {
    const [, place, type] = line.split(" ");
    if (place === undefined || type === undefined) continue;
    // Blanks and the like are written as octal numbers.
    const folder = place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const isInside = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    // Of two mounts on one place, the later one is seen.
    if (!isInside || folder.length < longest) continue;
    longest = folder.length;
    found = NETWORK.test(type) ? type : undefined;
  }
  return found;
}
