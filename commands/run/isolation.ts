/**
 * Determines the permissions of the processes that jug starts for workers (`--isolate`) and for inputs of `jug shell`.
 * They never get more than this process has. For each kind of permission, they get all of it if this process has all of
 * it, otherwise the single values that are known to be granted.
 *
 * @module
 */
import { dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import type { Isolation } from "../../engine/isolate/process_transport.ts";
import type { CommandContext } from "../cli/command.ts";
import type { IsolateOptions } from "./isolate_options.ts";
import { grantedFolder, grantOf } from "../deno_flags/granted.ts";
import { type Kind, KINDS } from "../../core/remedy/permission_kinds.ts";
import { IMPORT_DEFAULTS, type Need } from "../deno_flags/need.ts";
import { ownFlags } from "../deno_flags/own_flags.ts";
import { ownNeeds } from "../deno_flags/own_needs.ts";
import { hasFolders, isUrl, provableValues } from "../deno_flags/provable.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";

/**
 * Returns the flags and the memory limit for the process of a worker.
 *
 * @throws {JugError} of kind "usage" if processes cannot be started, cannot get what jug itself or `passOn` needs, or
 * cannot share the jugdir.
 */
export function isolationOf(context: CommandContext, { memoryMb, passOn }: IsolateOptions): Isolation {
  requireSharedJugdir(context.jugdir);
  return { flags: processFlags(context, passOn, WORKERS), memoryMb };
}

/** The wording of messages about the option or subcommand that starts processes. */
interface Starter {
  readonly name: string;
  readonly starts: string;
  readonly gets: string;
  /** How to avoid starting processes, appended to a remedy. */
  readonly orElse: string;
}

const WORKERS: Starter = {
  name: "--isolate",
  starts: "--isolate starts a process for each worker",
  gets: "workers get",
  orElse: ", or leave out --isolate",
};

/** The wording for the prompt of `jug shell`. */
export const PROMPT: Starter = {
  name: "jug shell",
  starts: "jug shell starts a process in which inputs are evaluated",
  gets: "inputs get",
  orElse: "",
};

/**
 * Returns the flags of `deno run` for a process that `starter` starts. Empty in a compiled program.
 *
 * @throws {JugError} of kind "usage" if processes cannot be started, or cannot get what jug itself or `passOn` needs.
 */
export function processFlags(context: CommandContext, passOn: readonly Need[], starter: Starter): readonly string[] {
  const program = Deno.execPath();
  if (grantOf({ kind: "run", value: program }) === "none") {
    throw new JugError("usage", `${starter.starts}, which Deno refuses`, {
      remedy: Deno.build.standalone
        ? "Use a program that was compiled with --allow-run"
        : `Add the flag ${shellQuote(`--allow-run=${program}`)}${starter.orElse}`,
    });
  }
  // The permissions of a compiled program are built in, so its processes have the same ones.
  if (Deno.build.standalone) return [];
  const permissions = permissionFlags(context, passOn, starter);
  context.debug(`${starter.gets} ${permissions.flags.join(" ")}`);
  if (permissions.isPart) {
    const shown = permissions.flags.filter((flag) => !/^--(allow|deny)-import/.test(flag));
    context.say(
      `${starter.name}: ${starter.gets} the permissions that jug can prove it has itself, since Deno does not list them: ` +
        `${shown.map(shellQuote).join(" ")} (--pass-on "read=FILE net=HOST" adds more)`,
    );
  }
  return [...ownFlags().filter((flag) => !flag.startsWith("--reload")), ...permissions.flags];
}

/**
 * Refuses a jugdir that other processes cannot reach.
 *
 * @throws {JugError} of kind "usage" if the jugdir is in memory.
 */
export function requireSharedJugdir(jugdir: string): void {
  if (!isMemoryAddress(jugdir)) return;
  throw new JugError("usage", `--isolate cannot be used with ${jugdir}: its results live in one process`, {
    remedy: "Choose another --jugdir, or leave out --isolate",
  });
}

interface PermissionFlags {
  readonly flags: readonly string[];
  /** Whether this process may have more permissions than these flags pass on. */
  readonly isPart: boolean;
}

function permissionFlags(context: CommandContext, passOn: readonly Need[], starter: Starter): PermissionFlags {
  const needs = jugNeeds(context);
  for (const need of needs) {
    // If a permission is missing altogether, the run reports which flag to add.
    if (grantOf(need) === "part") throw unprovable(need, "a part of it is denied", starter);
    if (hasFolders(need.kind) && grantOf(need) === "all" && provenPath(need) === undefined) {
      throw unprovable(need, "its path contains a comma, which Deno takes as the end of the path", starter);
    }
  }
  for (const need of passOn) {
    if (grantOf(need) !== "all") throw notGranted(need);
    if (need.value?.includes(",")) {
      throw unprovable(need, "it contains a comma, which Deno takes as the end of the value", starter);
    }
  }
  const flags: string[] = [];
  let isPart = false;
  for (const kind of KINDS) {
    if (grantOf({ kind, value: undefined }) === "all") {
      flags.push(`--allow-${kind}`);
      continue;
    }
    if (kind !== "import" && kind !== "sys" && kind !== "run") isPart = true;
    const added = passOn.filter((need) => need.kind === kind).flatMap(({ value }) =>
      value === undefined ? [] : [value]
    );
    const values = new Set([...provenValues(kind, needs, context), ...added]);
    if (values.size > 0) flags.push(`--allow-${kind}=${[...values].join(",")}`);
    // Without a flag, Deno allows importing from its default hosts. A bare --deny-import does not prevent that.
    else if (kind === "import") flags.push(`--deny-import=${[...IMPORT_DEFAULTS].join(",")}`);
  }
  return { flags, isPart };
}

/** Returns what jug itself needs in such a process, independent of user code. */
function jugNeeds({ jugfile, jugdir }: CommandContext): Need[] {
  const needs = ownNeeds({ jugdir: "write", loads: true, threads: true }, jugdir);
  return isUrl(jugfile) ? needs : [...needs, { kind: "read", value: jugfile }];
}

function provenValues(kind: Kind, needs: readonly Need[], context: CommandContext): string[] {
  const values = provableValues(kind, needs, context);
  if (!hasFolders(kind)) return values.filter((value) => grantOf({ kind, value }) === "all");
  const folders = values.flatMap((value) => provenPath({ kind, value }) ?? []);
  return folders.filter((path) => !folders.some((other) => other !== path && isInside(path, other)));
}

function provenPath({ kind, value }: Need): string | undefined {
  if (!hasFolders(kind)) return undefined;
  // If all of the kind is granted, no folder has to be found.
  if (value === undefined || grantOf({ kind, value: undefined }) === "all") return value;
  return grantedFolder(kind, value);
}

function isInside(path: string, folder: string): boolean {
  return dirname(path) !== path && (dirname(path) === folder || isInside(dirname(path), folder));
}

function unprovable({ kind, value }: Need, why: string, { name, orElse }: Starter): JugError {
  return new JugError("usage", `${name} cannot pass ${kind} access to "${value}" on to its processes: ${why}`, {
    remedy: `Use another --jugdir or another path${orElse}`,
  });
}

function notGranted({ kind, value }: Need): JugError {
  const flag = `--allow-${kind}${value === undefined ? "" : `=${value}`}`;
  return new JugError(
    "usage",
    `--pass-on names a permission that this process does not have: ${kind} ${value ?? ""}`.trim(),
    {
      remedy: `Add the flag ${shellQuote(flag)} of Deno, or leave it out of --pass-on`,
    },
  );
}
