/**
 * Checks the types of the jugfile before anything runs, for `--check`. Deno strips types when it runs a module, without
 * checking them.
 *
 * @module
 */
import { join } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { jugfileUrl } from "../../engine/load/load.ts";
import type { CommandContext } from "../cli/command.ts";
import { grantOf } from "../deno_flags/granted.ts";
import { ownFlags } from "../deno_flags/own_flags.ts";
import { libraryFolder } from "../deno_flags/own_needs.ts";

/**
 * Runs `deno check` on the jugfile, with the configuration of this process.
 *
 * @throws {JugError} of kind "usage" if `deno check` cannot be run, of kind "jugfile" if there are type errors.
 */
export async function requireTypes(context: CommandContext): Promise<void> {
  const program = Deno.execPath();
  if (Deno.build.standalone) {
    throw new JugError("usage", "--check runs `deno check`, which a compiled program does not contain", {
      remedy: `Leave out --check, and run \`deno check ${shellQuote(context.jugfile)}\` where Deno is installed`,
    });
  }
  if (grantOf({ kind: "run", value: program }) === "none") {
    throw new JugError("usage", "--check runs `deno check`, which Deno refuses", {
      remedy: `Add the flag ${shellQuote(`--allow-run=${program}`)}, or leave out --check and run \`deno check\` first`,
    });
  }
  const args = ["check", "--quiet", ...configFlags(context), jugfileUrl(context.jugfile)];
  context.debug(`deno ${args.join(" ")}`);
  const { success, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  if (success) return;
  context.stderr(new TextDecoder().decode(stderr));
  throw new JugError("jugfile", `${context.jugfile} has type errors: nothing was run`, {
    remedy: "Fix the errors above, or leave out --check",
  });
}

/** Returns the flags of this process that determine how Deno finds modules, as far as `deno check` accepts them. */
function configFlags(context: CommandContext): string[] {
  const own = ownFlags();
  const known = /^--(config|import-map|node-modules-dir|cached-only|unstable|cert|no-config|no-remote|no-npm)\b/;
  const flags = own.filter((flag, at) => known.test(flag) || /^--(config|import-map)$/.test(own[at - 1] ?? ""));
  // The check must not add what it fetches to the user's lockfile.
  flags.push("--no-lock");
  if (flags.some((flag) => /^--(config|import-map|no-config)\b/.test(flag))) return flags;
  const found = configFile(context);
  return found === undefined ? flags : [...flags, "--config", found];
}

/**
 * Returns the configuration file to pass to `deno check`: `deno run` uses the one next to its main module, while
 * `deno check` would use the one next to the jugfile. This process's own flags may be unreadable and may name the
 * configuration file in the current folder, so that file is used if it mentions "jug".
 */
function configFile(context: CommandContext): string | undefined {
  const own = configIn(Deno.cwd(), context);
  if (own !== undefined && Deno.readTextFileSync(own).includes('"jug"')) return own;
  // Otherwise use the library's own configuration. `deno check` may read it, even if this process may not.
  const library = libraryFolder();
  return library === undefined ? own : join(library, "deno.json");
}

function configIn(folder: string, context: CommandContext): string | undefined {
  return ["deno.json", "deno.jsonc"].map((name) => join(folder, name)).find((path) => {
    return context.mayRead(path) && isFile(path);
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
