/**
 * Two users of one group share a jugdir, with a umask that lets the group write. Needs root, to act as both users.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { copyFolder } from "../support/copy_folder.ts";

const GROUP = 45_005;
const [FIRST, SECOND] = [45_001, 45_002];

const canBeOthers = Deno.build.os === "linux" && Deno.uid() === 0 &&
  new Deno.Command("sh", { args: ["-c", "command -v setpriv"], stdout: "null" }).outputSync().success;

/** Claims and completes the given tasks, if any, and prints the numbers of all results. With 13, it kills itself. */
const SCRIPT = `
import { openBackend } from "./backends/open.ts";
const [address, ...numbers] = Deno.args;
const hashOf = (n) => n.padStart(40, "0");
const backend = await openBackend(address);
try {
  if (numbers.length > 0) {
    const owner = { id: crypto.randomUUID(), leaseMs: 30000, host: "here", boot: undefined, pid: Deno.pid };
    const member = await backend.join(owner);
    const claims = await backend.claim(numbers.map(hashOf), { owner, thread: 0 });
    const locks = claims.map((claim) => claim.kind === "claimed" ? claim.lock : undefined);
    if (numbers.includes("13")) Deno.kill(Deno.pid, "SIGKILL");
    await backend.complete(numbers.map((n, i) => ({ hash: hashOf(n), bytes: new Uint8Array([1]), lock: locks[i] })));
    await member.leave();
  }
  for await (const hashes of backend.list()) for (const hash of hashes) console.log(Number(hash));
} catch (error) {
  console.log(error.message);
}
await backend.close();
`;

interface Shared extends Disposable {
  readonly folder: string;
  /** Runs the script as a user. Returns the lines that it printed, sorted. */
  run(user: number, address: string, ...numbers: number[]): Promise<string[]>;
}

/** Creates a folder that belongs to the group, and next to it all that a user without other access needs to run. */
function share(): Shared {
  const root = Deno.makeTempDirSync();
  Deno.chmodSync(root, 0o755);
  const [folder, cache] = [`${root}/shared`, `${root}/cache`];
  for (const name of ["backends", "core"]) {
    copyFolder(fileURLToPath(new URL(`../../${name}`, import.meta.url)), `${root}/${name}`);
  }
  Deno.writeTextFileSync(`${root}/script.js`, SCRIPT);
  Deno.mkdirSync(cache);
  Deno.chmodSync(cache, 0o777);
  Deno.mkdirSync(folder);
  Deno.chownSync(folder, FIRST, GROUP);
  Deno.chmodSync(folder, 0o2775);
  return {
    folder,
    async run(user, address, ...numbers) {
      // Root opens the Deno executable, since the users may not have access to its folder.
      const how =
        `umask 002; exec 3<"$0"; exec setpriv --reuid ${user} --regid ${GROUP} --clear-groups /proc/self/fd/3 "$@"`;
      const args = ["run", "-A", "--no-config", "--quiet", `${root}/script.js`, address, ...numbers.map(String)];
      const { stdout, stderr, signal } = await new Deno.Command("sh", {
        args: ["-c", how, Deno.execPath(), ...args],
        cwd: root,
        env: { DENO_DIR: `${cache}/${user}`, HOME: cache },
      }).output();
      assert(signal !== null || stderr.length === 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").sort();
    },
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

async function shareStore({ folder, run }: Shared, kind: string): Promise<void> {
  const address = `${kind}${folder}/store-${kind.replace(":", "")}`;
  assert.deepEqual(await run(FIRST, address, 1), ["1"]);
  assert.deepEqual(await run(SECOND, address, 2), ["1", "2"]);
  assert.deepEqual(await run(FIRST, address, 3), ["1", "2", "3"]);
  if (kind === "memory:") return;
  // A killed process leaves its user's files beside the store.
  await run(FIRST, address, 13);
  assert.deepEqual(await run(SECOND, address, 14), ["1", "14", "2", "3"]);
  assert.deepEqual(await run(FIRST, address, 15), ["1", "14", "15", "2", "3"]);
}

async function lookOnly({ folder, run }: Shared): Promise<void> {
  const [path, address] = [`${folder}/read`, `sqlite:${folder}/read`];
  assert.deepEqual(await run(FIRST, address, 1), ["1"]);
  Deno.chmodSync(path, 0o644);
  assert.deepEqual(await run(SECOND, address), ["1"]);
  assert.match((await run(SECOND, address, 2)).join("\n"), /it is read-only/);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith("read")), [
    "read",
  ]);
  assert.deepEqual(await run(FIRST, address, 3), ["1", "3"]);
  assert.deepEqual(await run(SECOND, address), ["1", "3"]);
}

Deno.test({
  name: "two users of one group",
  ignore: !canBeOthers,
  async fn(t) {
    using shared = share();
    for (const kind of ["", "sqlite:", "memory:"]) {
      await t.step(`share ${kind || "a folder"}`, () => shareStore(shared, kind));
    }
    const title = "a user who may only read a database does not hinder its owner, and sees what others write";
    await t.step(title, () => lookOnly(shared));
  },
});
