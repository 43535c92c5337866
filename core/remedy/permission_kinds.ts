/**
 * The kinds of Deno's permissions, and the descriptors to query them.
 *
 * @module
 */

/** The kinds of permission, in the order of the flags. */
export const KINDS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/** One of {@linkcode KINDS}. */
export type Kind = typeof KINDS[number];

/** The kinds of `--allow-sys`. */
export const SYS_KINDS = [
  "loadavg",
  "hostname",
  "systemMemoryInfo",
  "networkInterfaces",
  "osRelease",
  "osUptime",
  "uid",
  "gid",
  "username",
  "cpus",
  "homedir",
  "statfs",
  "getPriority",
  "setPriority",
] as const;

/**
 * Returns the descriptor to query a permission, or all permissions of the kind if `value` is `undefined`. Returns
 * `undefined` if Deno has no such descriptor.
 */
export function descriptorOf(kind: Kind, value: string | undefined): Deno.PermissionDescriptor | undefined {
  if (value === undefined) return { name: kind };
  switch (kind) {
    case "read":
    case "write":
    case "ffi":
      return { name: kind, path: value };
    case "net":
    case "import":
      return { name: kind, host: value };
    case "env":
      return { name: kind, variable: value };
    case "run":
      return { name: kind, command: value };
    case "sys": {
      const sysKind = SYS_KINDS.find((known) => known === value);
      return sysKind && { name: kind, kind: sysKind };
    }
  }
}
