/**
 * The export of the server, as the hosts mount it.
 *
 * @module
 */
import { type Guests, type Host, HOSTS } from "./guests.ts";

/** Ways to mount it. */
export const MOUNTS = {
  "v4.2": "vers=4.2",
  "v3": "vers=3",
  "v3 nolock": "vers=3,nolock",
  "v3 local_lock=flock": "vers=3,local_lock=flock",
  "v4.2 local_lock=flock": "vers=4.2,local_lock=flock",
  "v4.2 actimeo=600": "vers=4.2,actimeo=600",
  "v3 actimeo=600": "vers=3,actimeo=600",
  "v4.2 nocto": "vers=4.2,nocto",
  "v3 nocto": "vers=3,nocto",
} as const;

/** The name of such a way. */
export type MountName = keyof typeof MOUNTS;

/** What is said of a mount where nothing else is: that the client has it as it comes. */
const TOLD = /^(vers|nolock|local_lock|nocto|noac|lookupcache|ac(reg|dir)(min|max))/;

const SERVER: Readonly<Record<Host, string>> = { a: "10.9.1.1", b: "10.9.2.1" };

/** A mount that is there on both hosts, at the same place. */
export interface Mount {
  readonly folder: string;
  /** The options that matter, as the kernel says them. */
  readonly options: string;
}

/** Mounts the export on both hosts, if it is not mounted so. */
export async function mountOnHosts(guests: Guests, name: MountName): Promise<Mount> {
  const folder = `/mnt/${name.replaceAll(/[^a-z0-9]/g, "-")}`;
  const options = MOUNTS[name];
  // NFSv4 sees the tree from its root on, v3 knows the path on the server's disk.
  const path = options.startsWith("vers=3") ? "/srv/export" : "/";
  // Each mount has caches of its own, so that what one check read is not known to the next.
  const script = (host: Host) =>
    `mkdir -p ${folder}
     mountpoint -q ${folder} || mount -t nfs -o ${options},nosharecache ${SERVER[host]}:${path} ${folder} || exit
     grep " ${folder} " /proc/self/mountinfo`;
  const [info = ""] = await Promise.all(HOSTS.map((host) => guests.run(host, script(host))));
  const said = info.split(" ").pop() ?? "";
  return { folder, options: said.split(",").filter((option) => TOLD.test(option)).join(",") };
}
