/**
 * Finds out what loading a jugfile asks for, or a whole run of it.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { CommandContext } from "../cli/command.ts";
import { ourText, painter } from "../display/paint.ts";
import type { Observation } from "./observe.ts";

/** Options left out of an observed run: their needs are known. It runs workers in threads, without a debugger. */
const KNOWN_NEEDS = /^--(observe|isolate|memory-limit|pass-on|inspect|inspect-port|pdb)\b/;

/** The observation of a run that did not take place. */
export const NOTHING_SEEN: Observation = { needs: [], code: 0 };

/** Returns what loading the jugfile asks for, or with `--observe` the whole run. */
export async function seenNeeds(
  context: CommandContext,
  isObserved: boolean,
  given: readonly string[],
): Promise<Observation> {
  const { jugfile, jugdir, args } = context;
  const { requireJugfile } = await import("../../engine/load/load.ts");
  requireJugfile(jugfile);
  if (Deno.build.standalone) {
    if (isObserved) {
      throw new JugError(
        "usage",
        "option '--observe' cannot be used in a compiled program, which cannot observe itself",
        {
          remedy: "Leave it out, or run jug with deno",
        },
      );
    }
    context.stderr(ourText(
      "a compiled program cannot observe itself: what the jugfile asks for at its top level is not included",
      "yellow",
      painter(context.color.stderr),
    ));
    return { needs: /^https?:/.test(jugfile) ? [] : [{ kind: "read", value: jugfile }], code: 0 };
  }
  const [{ observe }, { ofLoading }] = await Promise.all([
    import("./observe.ts"),
    import("./loading_needs.ts"),
  ]);
  const words = isObserved ? ["execute", ...given.filter((option) => !KNOWN_NEEDS.test(option))] : ["count"];
  let written = "";
  const { needs, code } = await observe(
    // What files say is among the words already. That they are read is added to the flags later.
    [...words, jugfile, "--jugdir", jugdir, "--no-config", "--", ...args],
    isObserved ? context.stderr : (text) => written += text,
  );
  if (code !== 0 && !(isObserved && code === 1)) {
    throw new JugError("jugfile", `the observed run failed\n${written}`.trimEnd());
  }
  return { needs: ofLoading(needs, jugdir), code };
}
