import assert from "node:assert/strict";
import { callJug, jugScript } from "./jug.ts";
import { openSuite, report } from "./suite.ts";
import { until } from "./waiting.ts";

const TASKS = 3000;
/** After how many results the power is cut. */
const BEFORE = 500;

const suite = await openSuite();

suite.check("with --durable, a power cut of the machine with the disk loses no result", "full", async (guests) => {
  const jugdir = "/srv/local/stored.jugdata";
  const call = (folder: string) => {
    Deno.mkdirSync(`${guests.shared.here}/${folder}`);
    const args = [TASKS, `${guests.shared.inGuest}/${folder}`];
    return { command: "execute", jugfile: "stored", jugdir, args, options: "--durable --quiet" } as const;
  };
  /** Returns the hashes of the tasks whose results were noted. */
  const notes = (folder: string) => {
    const path = `${guests.shared.here}/${folder}`;
    const texts = Array.from(Deno.readDirSync(path), ({ name }) => Deno.readTextFileSync(`${path}/${name}`));
    return texts.flatMap((text) => text.split("\n").slice(0, -1)).map((line) => line.split(" ")[1]);
  };

  const mount = "mkdir -p /srv/local && mount /dev/ubda /srv/local";
  await guests.run("a", `mkfs.ext4 -q -F /dev/ubda && ${mount} && sync`);
  const { end } = await guests.start("a", jugScript(call("before")));
  await until(`${BEFORE} results`, () => notes("before").length >= BEFORE);
  await guests.cutPower("a");
  assert.equal((await end).status, "power cut");
  const before = notes("before");
  assert.ok(before.length < TASKS, "the run was over before the power was cut");

  await guests.restore();
  await guests.run("a", mount);
  const { status, output } = await callJug(guests, "a", call("after"));
  assert.equal(status, 0, output);
  const after = notes("after");
  const lost = new Set(before).intersection(new Set(after));
  report(
    "power cut of a local disk",
    `${before.length} results noted before`,
    `${after.length} after`,
    `${lost.size} lost`,
  );
  assert.deepEqual([...lost], []);
  assert.ok(before.length + after.length <= TASKS);
});
