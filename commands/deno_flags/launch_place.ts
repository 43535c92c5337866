/**
 * Where a jugdir is, in a form that does not depend on the current folder, and where the logs of its workers are.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { shownAddress } from "../../backends/address/shown_address.ts";
import { layoutOf } from "../../backends/file/layout.ts";
import { schemeOf } from "../../backends/scheme.ts";
import { moduleName } from "../../core/caller.ts";
import { jugfilePath } from "../../engine/load/jugfile_path.ts";

/** The places of a launch. */
export interface LaunchPlace {
  /** The absolute address, without a password. */
  readonly address: string;
  /** The folder of logs, as an absolute path. */
  readonly logs: string;
}

/** Returns the places. `logs`: what the user chose, if anything. */
export function launchPlace(jugdir: string, jugfile: string, logs: string | undefined): LaunchPlace {
  const scheme = schemeOf(jugdir);
  const folder = scheme === undefined ? resolve(jugdir) : scheme === "file:" ? fileURLToPath(jugdir) : undefined;
  const isDatabase = scheme === "sqlite:";
  const address = folder ?? (isDatabase ? `sqlite:${resolve(jugdir.slice("sqlite:".length))}` : shownAddress(jugdir));
  if (logs !== undefined) return { address, logs: resolve(logs) };
  const beside = join(dirname(jugfilePath(jugfile) ?? "."), `${moduleName(jugfile) ?? "jug"}.logs`);
  return { address, logs: folder === undefined ? resolve(beside) : layoutOf(folder).logs };
}
