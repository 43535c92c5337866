/**
 * Python's jug, run on the same work.
 *
 * @module
 */
import { pathOf, type Ran, type RunOptions } from "../processes.ts";
import { oncePerRound, type Round } from "../round.ts";
import { Unavailable } from "../unavailable.ts";

/** What Python must be able to import: jug, and what it uses if it is there. */
const NEEDED = "import jug.jug, numpy, yaml";

async function python(round: Round, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { python } = round.setting;
  if (python === undefined) throw new Unavailable("needs --jug");
  const path = [python.home, ...(Deno.env.get("PYTHONPATH")?.split(":") ?? [])].join(":");
  // Compiled modules are kept in the round's folder, so that nothing is written to `home`.
  const env = { PYTHONPATH: path, PYTHONPYCACHEPREFIX: `${round.folder}/pycache` };
  try {
    return await round.run([python.interpreter, ...args], { ...options, env });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Unavailable(`there is no ${python.interpreter} here`);
  }
}

/** Checks that the code runs, which also compiles the modules that it imports. */
async function check(round: Round, code: string): Promise<void> {
  try {
    await python(round, ["-c", code]);
  } catch (error) {
    const missing = error instanceof Error ? /No module named \S+/.exec(error.message)?.[0] : undefined;
    throw missing === undefined ? error : new Unavailable(`Python: ${missing}`);
  }
}

const checkJug = oncePerRound((round) => check(round, NEEDED));
const checkRedis = oncePerRound((round) => check(round, `${NEEDED}, redis`));

/** Runs a subcommand of Python's jug on a jugfile of the suite. */
export async function pythonJug(
  round: Round,
  subcommand: "execute" | "status",
  options: { readonly jugfile: string; readonly args: readonly number[]; readonly jugdir: string },
): Promise<Ran> {
  const { jugfile, args, jugdir } = options;
  await (jugdir.startsWith("redis:") ? checkRedis : checkJug)(round);
  const words = [subcommand, pathOf(`./jugfiles/${jugfile}`), ...args.map(String), `--jugdir=${jugdir}`];
  // Otherwise the request to cite is printed after each run.
  const silent = subcommand === "execute" ? ["--will-cite"] : [];
  return await python(round, ["-c", "from jug.jug import main; main()", ...words, ...silent], {
    // The exit status of `jug status` is the number of finished tasks, as far as it fits.
    accepts: ({ success }, stderr) => success || subcommand === "status" && !stderr.includes("Traceback"),
  });
}
