/**
 * Sessions: a program runs jugfiles and reads their results, any number of them at once.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { currentSession } from "../../core/session/session.ts";
import { findJugdir } from "../load/jugdir.ts";
import { type Exports, jugfileUrl, requireJugfile } from "../load/load.ts";
import type { JugSession } from "./jug_session.ts";
import { checkOptions, type OptionRules, text, texts } from "./option_rules.ts";

/**
 * Options of {@linkcode openSession}.
 *
 * @category Scripts
 */
export interface OpenSessionOptions {
  /** The path or URL of the jugfile. Default: `jugfile.ts`. */
  readonly jugfile?: string;
  /**
   * Where its results are, in the form that `--jugdir` takes. Default: for primes.ts, `primes.jugdata` in the same
   * folder.
   */
  readonly jugdir?: string;
  /** The jugfile's arguments. Default: none. */
  readonly args?: readonly string[];
}

const OPEN_RULES: OptionRules<OpenSessionOptions> = { jugfile: text, jugdir: text, args: texts };

/**
 * Opens a jugfile and its jugdir, so that a program can run its tasks and read its results. Any number of sessions may
 * be open at once. They are independent, even if they open the same jugfile with other arguments: each loads it in a
 * thread of its own.
 *
 * @param options The jugfile, its jugdir and its arguments.
 * @returns The session. Close it after use, or declare it with `await using`.
 * @throws {JugError} if an option is wrong, the jugfile cannot be loaded or the jugdir cannot be read.
 *
 * @example Usage
 * ```ts
 * import { openSession } from "jug";
 *
 * const code = `import { args, TaskGenerator } from "${import.meta.resolve("jug")}";
 * const double = TaskGenerator(function double(n: number) { return 2 * n; });
 * export const doubled = args.map(Number).map(double);`;
 * const jugfile = `${await Deno.makeTempDir()}/doubles.ts`;
 * await Deno.writeTextFile(jugfile, code);
 *
 * await using session = await openSession({ jugfile, jugdir: "memory:", args: ["1", "20"] });
 * const { executed } = await session.execute();
 * console.log(executed, await session.value("doubled")); // 2 [ 2, 40 ]
 * ```
 *
 * @category Scripts
 */
export async function openSession<M extends object = Exports>(
  options: OpenSessionOptions = {},
): Promise<JugSession<M>> {
  checkOptions("openSession()", options, OPEN_RULES);
  const { jugfile = "jugfile.ts", args = [] } = options;
  const address = findJugdir(options.jugdir, jugfile, new Date());
  requireJugfile(jugfile);
  requireOther(jugfile);
  const { startSession } = await import("./session_client.ts");
  return await startSession<M>({ jugfile, address, args });
}

/** Refuses a jugfile that opens itself: that would never end. */
function requireOther(jugfile: string): void {
  const { isJugRunning, jugfile: own } = currentSession();
  if (!isJugRunning || own === undefined || jugfileUrl(own) !== jugfileUrl(jugfile)) return;
  throw new JugError("usage", "openSession() was called by a jugfile to open itself", {
    remedy: "Check isJugRunning() first, or put the script and the jugfile in separate files",
  });
}
