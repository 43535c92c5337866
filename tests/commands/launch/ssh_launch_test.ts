import assert from "node:assert/strict";
import { withProject } from "../../support/project.ts";
import { startJug } from "../../support/run_jug.ts";
import { hasSshd, startSshd } from "../../support/daemons/sshd.ts";

/** Tasks that wait for the file `go`. */
const JUGFILE = `import { TaskGenerator } from "jug";
import { existsSync } from "node:fs";
const wait = TaskGenerator(async function wait(n: number) {
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 100));
  return n;
});
export const all = [1, 2, 3, 4, 5].map((n) => wait(n));
`;

Deno.test({
  name: `launch ssh starts workers on all hosts by a real sshd, lists and cancels them${
    hasSshd ? "" : " (skipped: needs root, openssh-server, openssh-client)"
  }`,
  ignore: !hasSshd,
  fn: () =>
    withProject({ "waits.ts": JUGFILE }, async ({ folder, names, jug, write }) => {
      await using sshd = await startSshd();
      const hosts = ["--hosts", "one,two"];
      const words = ["launch", "ssh", "waits.ts", ...hosts, "--max", "4", "--permissions", "read=go", "--every", "1s"];
      const watch = startJug([...words, "--watch", "--", ...sshd.args], { cwd: folder });
      await watch.saw("4 running, 0 waiting");
      const list = await startJug([...words, "--list", "--", ...sshd.args], { cwd: folder }).result;
      const ids = list.stdout.split("\n").flatMap((line) => /^(one|two)\.\d+ /.exec(line)?.[1] ?? []);
      assert.deepEqual(ids.sort(), ["one", "one", "two", "two"], list.stdout);
      write("go", "");
      const { code, stderr } = await watch.result;
      assert.equal(code, 0, stderr);
      assert.equal((await jug("check waits.ts")).code, 0);
      assert.equal(names("waits.jugdata/logs").length, 4, "one log a worker");
      const cancelled = await startJug([...words, "--cancel", "--", ...sshd.args], { cwd: folder }).result;
      assert.equal(cancelled.code, 0, cancelled.stderr);
    }),
});
