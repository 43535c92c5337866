import assert from "node:assert/strict";
import type { Guests } from "./guests.ts";
import { callJug, type Permissions } from "./jug.ts";
import { runLayers } from "./layers_run.ts";
import { type MountName, mountOnHosts } from "./mounts.ts";
import { openSuite, report } from "./suite.ts";

const SHORT_TASKS = { layers: 12, width: 30, taskMs: 50 } as const;

const suite = await openSuite();

// With `nolock`, and on v3 with `local_lock=flock`, flocks of the other host look free. NFSv4 ignores the option.
for (const mount of ["v3 nolock", "v3 local_lock=flock", "v4.2 local_lock=flock"] as const) {
  suite.check(
    `no task runs twice, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...SHORT_TASKS, title: "locks of files", mount }),
  );
}

for (const mount of ["v3 nolock", "v3 local_lock=flock", "v4.2"] as const) {
  // With few permissions jug cannot read what would otherwise distinguish the hosts.
  for (const permissions of ["all", "few"] as const) {
    suite.check(
      `two hosts with the same name, ${permissions} permissions, NFS ${mount}`,
      "full",
      (guests) => runAsNamesakes(guests, mount, permissions),
    );
  }
}

// A client trusts what it remembers for ten minutes.
for (const mount of ["v4.2 actimeo=600", "v3 actimeo=600"] as const) {
  suite.check(
    `no task runs twice, NFS ${mount}`,
    "full",
    (guests) => runLayers(guests, { ...SHORT_TASKS, title: "long memories", mount }),
  );
}

// With nocto, opening a folder does not make a client forget what it remembers.
for (const mount of ["v4.2 nocto", "v3 nocto"] as const) {
  suite.check(`jug refuses a jugdir on NFS ${mount}`, "full", (guests) => seeRefusal(guests, mount));
}

async function runAsNamesakes(guests: Guests, mount: MountName, permissions: Permissions): Promise<void> {
  await guests.run("b", "hostname host-a");
  try {
    const title = `two hosts of one name, ${permissions} permissions`;
    await runLayers(guests, { ...SHORT_TASKS, title, mount, permissions, options: "--lease 5" });
  } finally {
    await guests.run("b", "hostname host-b");
  }
}

async function seeRefusal(guests: Guests, mount: MountName): Promise<void> {
  const { folder, options } = await mountOnHosts(guests, mount);
  const jugdir = `${folder}/${crypto.randomUUID().slice(0, 8)}`;
  const notes = `${guests.shared.inGuest}/notes-refusal`;
  Deno.mkdirSync(`${guests.shared.here}/notes-refusal`, { recursive: true });
  const call = { command: "execute", jugfile: "layers", jugdir, args: [2, 2, 0, notes] } as const;
  const { status, output } = await callJug(guests, "a", call);
  report("refusal", options, `exit status ${status}`, output.trim().split("\n").join(" / "));
  assert.notEqual(status, 0);
  assert.match(output, /nocto/);
  assert.doesNotMatch(output, /bug of jug/i);
  await guests.run("a", `! ls ${jugdir}/segments/* 2>/dev/null`);
}
