import assert from "node:assert/strict";
import { type Guests, HOSTS } from "./guests.ts";
import { listLeftovers } from "./jug.ts";
import { type MountName, mountOnHosts } from "./mounts.ts";
import { describeRun, readRuns, runsByTask } from "./runs.ts";
import { openSuite, report } from "./suite.ts";
import { until } from "./waiting.ts";

const LOCKS = 150;
const ATTACKERS_A_HOST = 2;

const suite = await openSuite();

for (const [mount, form] of [["v4.2", "short"], ["v3", "full"], ["v4.2 actimeo=600", "full"]] as const) {
  const title = `four processes on two hosts attack ${LOCKS} stale locks, and none is won twice, NFS ${mount}`;
  suite.check(title, form, (guests) => attackStaleLocks(guests, mount));
}

async function attackStaleLocks(guests: Guests, mount: MountName): Promise<void> {
  const { folder, options } = await mountOnHosts(guests, mount);
  const id = crypto.randomUUID().slice(0, 8);
  const jugdir = `${folder}/${id}`;
  const notes = `${guests.shared.here}/notes-${id}`;
  Deno.mkdirSync(`${notes}/won`, { recursive: true });
  const stale = (what: string) =>
    `cd /tmp && exec /opt/deno run -A --cached-only /project/tests/nfs/jugfiles/stale.ts ${what} ${jugdir} ${LOCKS} ` +
    `${guests.shared.inGuest}/notes-${id}`;

  assert.equal((await guests.run("a", stale("leave"))).trim(), `${LOCKS} claimed`);
  const attackers = [];
  for (const host of HOSTS) {
    for (let i = 0; i < ATTACKERS_A_HOST; i++) attackers.push((await guests.start(host, stale("attack"))).end);
  }
  const isDone = () => [...Deno.readDirSync(notes)].filter(({ name }) => name.startsWith("done-")).length;
  // If an attacker fails, show its output.
  const failed = Promise.all(attackers).then((outcomes) => {
    for (const { status, output } of outcomes) assert.equal(status, 0, output);
  });
  await Promise.race([failed, until("all attackers are done", () => isDone() === attackers.length)]);
  Deno.writeTextFileSync(`${notes}/over`, "");
  await failed;

  const won = readRuns(`${notes}/won`);
  const locks = runsByTask(won);
  const twice = [...locks.values()].filter((list) => list.length > 1);
  const shares = [...Map.groupBy(won, (win) => win.process).values()].map((list) => list.length);
  report(
    "stale locks",
    options,
    `${locks.size} of ${LOCKS} won`,
    `${twice.length} won twice`,
    `${shares.join("+")} claims`,
  );
  const start = won[0]?.begin ?? 0;
  assert.deepEqual(twice.map((list) => list.map((win) => describeRun(win, start)).join(", then ")), []);
  assert.equal(locks.size, LOCKS);
  for (const host of HOSTS) {
    const left = await listLeftovers(guests, host, jugdir);
    // The dead owner's host does not exist, so no process of that host tidies up after it.
    for (const [name, names] of left) {
      assert.deepEqual(names.filter((one) => !one.startsWith("host-c-")), [], `left in ${name}, as ${host} sees it`);
    }
  }
}
