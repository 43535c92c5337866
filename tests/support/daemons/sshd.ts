/**
 * A real sshd on the loopback, with a port and keys of its own, into which the user of the tests gets with a key.
 *
 * @module
 */
import { freePort } from "../redis/redis_server.ts";

const SSHD = "/usr/sbin/sshd";

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Whether tests that need it can run here. It is started as root only, so that it needs no password file of its own. */
export const hasSshd: boolean = isThere(SSHD) && isThere("/usr/bin/ssh") && Deno.uid() === 0;

/** A running sshd. */
export interface Sshd extends AsyncDisposable {
  /** Arguments for `ssh` by which it finds this server and its keys, under any host's name. */
  readonly args: readonly string[];
}

function run(program: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(program, { args, stdin: "null" }).outputSync();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

/** Starts it, and waits until it answers. */
export async function startSshd(): Promise<Sshd> {
  const folder = await Deno.makeTempDir({ prefix: "jug_sshd_" });
  const port = freePort();
  for (const name of ["host", "user"]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`);
  await Deno.copyFile(`${folder}/user.pub`, `${folder}/authorized`);
  await Deno.mkdir("/run/sshd", { recursive: true });
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PidFile none",
    // Each host of a launch is a connection, and each look another.
    "MaxStartups 100",
  ];
  await Deno.writeTextFile(`${folder}/sshd_config`, `${settings.join("\n")}\n`);
  const child = new Deno.Command(SSHD, {
    args: ["-D", "-f", `${folder}/sshd_config`, "-E", `${folder}/log`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const args = [
    ...["-F", "none", "-p", `${port}`, "-i", `${folder}/user`, "-o", "HostName=127.0.0.1", "-o", "LogLevel=ERROR"],
    ...["-o", "StrictHostKeyChecking=no", "-o", `UserKnownHostsFile=${folder}/known`],
  ];
  const stop = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  for (let tries = 0;; tries++) {
    const { success, stderr } = await new Deno.Command("ssh", { args: [...args, "any", "true"], stdin: "null" })
      .output();
    if (success) return { args, [Symbol.asyncDispose]: stop };
    if (tries === 50) {
      await stop();
      throw new Error(`sshd does not answer: ${new TextDecoder().decode(stderr)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
