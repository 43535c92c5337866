/**
 * `jug pack`: combines the small results of a folder into few files.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { numberOption, textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";

const DEFAULT_SETTLE_S = 0.25;

/** The subcommand. */
export const pack: Command = {
  name: "pack",
  summary: "Pack the small results of a folder into few files, even while other processes work",
  options: [
    {
      flags: "--settle <seconds>",
      description:
        `how long other hosts may take to see a change: 60 on a network file system other than NFS (default: ${DEFAULT_SETTLE_S})`,
    },
  ],
  prepare(values) {
    const settle = numberOption(textOption(values, "settle"), {
      flag: "--settle",
      fallback: DEFAULT_SETTLE_S,
      min: 0.25,
    });
    return (context) => packJugdir(context, settle * 1000);
  },
};

async function packJugdir(context: CommandContext, settleMs: number): Promise<Outcome> {
  const { isFileBackend } = await import("../../backends/file.ts");
  const backend = await context.openBackend();
  try {
    if (!isFileBackend(backend)) {
      throw new JugError("usage", `${backend.address} cannot be packed: it is not a folder`, {
        remedy: "Name a folder with --jugdir; other backends keep small results together by themselves",
      });
    }
    const { packed, folded, packs, damaged } = await backend.pack({
      settleMs,
      onProgress: (done) => context.debug(`${done} results are written`),
    });
    const older = folded === 0 ? "" : `, merged ${folded} older packs`;
    context.stdout(`Packed ${packed} results${older}; there are ${packs} packs now\n`);
    if (damaged.length === 0) return { kind: "done" };
    const reason = `damaged packs: ${damaged.join(", ")}; the tasks whose results they contained will run again`;
    return { kind: "unfinished", reasons: [reason] };
  } finally {
    await backend.close();
  }
}
