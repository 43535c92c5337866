/**
 * Daemons that a test starts in a temporary folder, and what is common to the rigs that do.
 *
 * @module
 */

const decoder = new TextDecoder();

/** Runs a program to its end and returns its stdout; throws if it fails. */
export async function runProgram(
  env: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    // Debian installs daemons where only root looks for them.
    env: { ...env, PATH: `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin` },
    stdin: "null",
  }).output();
  if (success) return decoder.decode(stdout);
  throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
}

/** Whether there is a file or folder at `path`. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Ends the processes whose numbers are in these files, and waits until they have ended. */
export async function endDaemons(pidFiles: readonly string[]): Promise<void> {
  const pids = pidFiles.flatMap((file) => isThere(file) ? pidIn(Deno.readTextFileSync(file)) : []);
  for (const pid of pids) send(pid, "SIGTERM");
  const areGone = () => Promise.resolve(!pids.some((pid) => isThere(`/proc/${pid}`)));
  await until(areGone, 20_000).catch(() => {
    for (const pid of pids) send(pid, "SIGKILL");
  });
}

function pidIn(text: string): number[] {
  const pid = Number(text);
  return Number.isSafeInteger(pid) && pid > 1 ? [pid] : [];
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It has just ended.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Waits until `isSo`, and throws after `ms`. */
export async function until(isSo: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`it did not come to pass within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
