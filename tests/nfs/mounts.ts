/**
 * Mounts the server's export on the hosts.
 *
 * @module
 */
import { type Guests, type Host, HOSTS } from "./guests.ts";

/** Mount options, by name. */
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

/** A name of mount options. */
export type MountName = keyof typeof MOUNTS;

/** The mount options that are reported: those that affect caches and locks. */
const TOLD = /^(vers|nolock|local_lock|nocto|noac|lookupcache|ac(reg|dir)(min|max))/;

const SERVER: Readonly<Record<Host, string>> = { a: "10.9.1.1", b: "10.9.2.1" };

/** A mount that exists on both hosts, at the same path. */
export interface Mount {
  readonly folder: string;
  /** The relevant options, as the kernel reports them. */
  readonly options: string;
}

/** Mounts the export on both hosts with these options, unless it is mounted already. */
export async function mountOnHosts(guests: Guests, name: MountName): Promise<Mount> {
  const folder = `/mnt/${name.replaceAll(/[^a-z0-9]/g, "-")}`;
  const options = MOUNTS[name];
  // NFSv4 paths start at the export's root, v3 uses the path on the server's disk.
  const path = options.startsWith("vers=3") ? "/srv/export" : "/";
  // Give each mount its own caches, so that it does not know what another mount has read.
  const script = (host: Host) =>
    `mkdir -p ${folder}
     mountpoint -q ${folder} || mount -t nfs -o ${options},nosharecache ${SERVER[host]}:${path} ${folder} || exit
     grep " ${folder} " /proc/self/mountinfo`;
  const [info = ""] = await Promise.all(HOSTS.map((host) => guests.run(host, script(host))));
  const said = info.split(" ").pop() ?? "";
  return { folder, options: said.split(",").filter((option) => TOLD.test(option)).join(",") };
}
