/**
 * `jug pack`: merges the files of a folder in which processes stored results.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import type { Outcome } from "../cli/outcome.ts";

/** The subcommand. */
export const pack: Command = {
  name: "pack",
  summary: "Merge the files of a folder into few ones, even while other processes work",
  options: [],
  prepare: () => packJugdir,
};

async function packJugdir(context: CommandContext): Promise<Outcome> {
  const { isFileBackend } = await import("../../backends/file.ts");
  const backend = await context.openBackend();
  try {
    if (!isFileBackend(backend)) {
      throw new JugError("usage", `${backend.address} cannot be packed: it is not a folder`, {
        remedy: "Name a folder with --jugdir; other backends keep small results together by themselves",
      });
    }
    const merged = await backend.pack();
    context.stdout(merged === 0 ? "Nothing to merge\n" : `Merged ${merged} files into one\n`);
    return { kind: "done" };
  } finally {
    await backend.close();
  }
}
