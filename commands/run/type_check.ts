/**
 * `--check`: the types of the jugfile, checked before anything runs. Deno strips types and checks none when it runs a module.
 *
 * @module
 */
import { join } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellWord } from "../../core/remedy/shell_word.ts";
import { jugfileUrl } from "../../engine/load/load.ts";
import type { CommandContext } from "../cli/command.ts";
import { grantOf } from "../permissions/granted.ts";
import { ownFlags } from "../permissions/own_flags.ts";
import { libraryFolder } from "../permissions/own_needs.ts";

/**
 * Runs `deno check` on the jugfile, with the configuration that this process has.
 *
 * @throws {JugError} of kind "usage" where it cannot be run, of kind "jugfile" where types are wrong.
 */
export async function requireTypes(context: CommandContext): Promise<void> {
  const program = Deno.execPath();
  if (Deno.build.standalone) {
    throw new JugError("usage", "--check runs `deno check`, which a compiled program does not bring along", {
      remedy: `Leave it out, and run \`deno check ${shellWord(context.jugfile)}\` where Deno is installed`,
    });
  }
  if (grantOf({ kind: "run", value: program }) === "none") {
    throw new JugError("usage", "--check runs `deno check`, which Deno refuses", {
      remedy: `Add the flag ${shellWord(`--allow-run=${program}`)}, or leave it out and run \`deno check\` before`,
    });
  }
  const args = ["check", "--quiet", ...configFlags(context), jugfileUrl(context.jugfile)];
  context.debug(`deno ${args.join(" ")}`);
  const { success, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  if (success) return;
  context.stderr(new TextDecoder().decode(stderr));
  throw new JugError("jugfile", `the types of ${context.jugfile} are wrong: nothing was run`, {
    remedy: "Mend what stands above, or leave out --check",
  });
}

/** The flags of `deno run` that say how modules are found, as far as `deno check` knows them. */
function configFlags(context: CommandContext): string[] {
  const own = ownFlags();
  const known = /^--(config|import-map|node-modules-dir|cached-only|unstable|cert|no-config|no-remote|no-npm)\b/;
  const flags = own.filter((flag, at) => known.test(flag) || /^--(config|import-map)$/.test(own[at - 1] ?? ""));
  // What a check fetches is no part of the user's lockfile.
  flags.push("--no-lock");
  if (flags.some((flag) => /^--(config|import-map|no-config)\b/.test(flag))) return flags;
  const found = configFile(context);
  return found === undefined ? flags : [...flags, "--config", found];
}

/**
 * `deno run` takes the configuration beside its main module, and `deno check` would take that beside the jugfile. Where the flags are
 * not to be seen, the current folder's own may have been named by one: it then says what `"jug"` is.
 */
function configFile(context: CommandContext): string | undefined {
  const own = configIn(Deno.cwd(), context);
  if (own !== undefined && Deno.readTextFileSync(own).includes('"jug"')) return own;
  // The library brings its own along; the check may read it, whatever this process may.
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
