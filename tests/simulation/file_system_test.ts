/**
 * Tests that the simulated file system behaves as real NFS clients did (Linux 6.1, v3 and v4.2, default options). In most
 * tests host b looks, host a makes a change, and host b looks again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SystemFailure } from "./file_system/failure.ts";
import { Host } from "./file_system/host.ts";
import { LOCAL, type MountOptions, NFS3, NFS4 } from "./file_system/mount_options.ts";
import { Server } from "./file_system/server.ts";

const encode = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

interface Rig {
  readonly a: Host;
  readonly b: Host;
  pass(ms: number): void;
  /** Makes a file on host a. */
  make(path: string, text: string): void;
  /** Returns what a host reads; `undefined` if the file is missing. */
  read(host: Host, path: string): string | undefined;
}

function rig(mount: MountOptions, given: { isGivenUp?: () => boolean } = {}): Rig {
  let now = 1000;
  const server = new Server(() => now, () => {});
  const host = (name: string) =>
    new Host({
      name,
      server,
      mount,
      random: () => 0.5,
      onStale() {},
      onTouched() {},
      isGivenUp: given.isGivenUp ?? (() => false),
    });
  const [a, b] = [host("a"), host("b")];
  for (const folder of ["/jug/locks", "/jug/results", "/jug/tmp"]) a.makeFolder(folder);
  const decoder = new TextDecoder();
  return {
    a,
    b,
    pass(ms) {
      now += ms;
    },
    make(path, text) {
      const file = a.openFile(path, "create", "p");
      a.open.write(file, 0, encode(text));
      a.open.close(file);
    },
    read(reader, path) {
      const bytes = reader.read(path);
      return bytes === undefined ? undefined : decoder.decode(bytes);
    },
  };
}

/** Host b has read h and g, two names of one file. Then host a replaces h by another file. */
function replacedLock(mount: MountOptions): Rig {
  const all = rig(mount);
  all.make("/jug/tmp/old", "old");
  all.make("/jug/tmp/new", "new");
  all.a.link("/jug/tmp/old", "/jug/locks/h");
  all.a.link("/jug/tmp/old", "/jug/locks/g");
  assert.equal(all.read(all.b, "/jug/locks/h"), "old");
  all.pass(10);
  all.a.rename("/jug/tmp/new", "/jug/locks/h");
  return all;
}

function absentResult(mount: MountOptions): Rig {
  const all = rig(mount);
  assert.equal(all.b.stat("/jug/results/x"), undefined);
  all.pass(10);
  all.make("/jug/results/x", "result");
  return all;
}

for (const [name, mount] of [["v3", NFS3], ["v4", NFS4]] as const) {
  Deno.test(`simulated ${name}: an absent name counts as absent until its folder's attributes expire`, () => {
    const { b, pass } = absentResult(mount);
    assert.equal(b.stat("/jug/results/x"), undefined);
    assert.equal(b.remove("/jug/results/x"), false);
    pass(29_000);
    assert.equal(b.stat("/jug/results/x"), undefined);
    pass(31_000);
    assert.notEqual(b.stat("/jug/results/x"), undefined);
  });

  Deno.test(`simulated ${name}: opening or listing a folder makes its names fresh, a stat of it does not`, () => {
    const { b } = absentResult(mount);
    b.stat("/jug/results");
    assert.equal(b.stat("/jug/results/x"), undefined);
    assert.equal(b.refresh("/jug/results"), true);
    assert.notEqual(b.stat("/jug/results/x"), undefined);
    const other = absentResult(mount);
    assert.deepEqual(other.b.list("/jug/results"), ["x"]);
    assert.notEqual(other.b.stat("/jug/results/x"), undefined);
  });

  Deno.test(`simulated ${name}: with nocto, opening a folder refreshes nothing, but a refused link refreshes the name`, () => {
    const { b } = absentResult({ ...mount, closeToOpen: false });
    b.refresh("/jug/results");
    assert.equal(b.stat("/jug/results/x"), undefined);
    const mine = b.openFile("/jug/tmp/mine", "create", "q");
    b.open.close(mine);
    assert.equal(b.link("/jug/tmp/mine", "/jug/results/x"), "exists");
    assert.notEqual(b.stat("/jug/results/x"), undefined);
  });

  Deno.test(`simulated ${name}: a replaced file is still read through the cached name as long as it lives`, () => {
    const { b, read, pass } = replacedLock(mount);
    assert.equal(read(b, "/jug/locks/h"), "old");
    pass(61_000);
    assert.equal(read(b, "/jug/locks/h"), "new");
  });

  Deno.test(`simulated ${name}: if a replaced file has no other name, the new file is read`, () => {
    const { a, b, read } = replacedLock(mount);
    a.remove("/jug/locks/g");
    a.remove("/jug/tmp/old");
    assert.equal(read(b, "/jug/locks/h"), "new");
  });

  Deno.test(`simulated ${name}: a refused link or creation, and the host's own rename, make names fresh`, () => {
    const linked = replacedLock(mount);
    assert.equal(linked.b.link("/jug/tmp/old", "/jug/locks/h"), "exists");
    assert.equal(linked.read(linked.b, "/jug/locks/h"), "new");
    const created = replacedLock(mount);
    assert.throws(() => created.b.openFile("/jug/locks/h", "create", "q"), SystemFailure);
    assert.equal(created.read(created.b, "/jug/locks/h"), "new");
    const renamed = replacedLock(mount);
    renamed.b.link("/jug/tmp/old", "/jug/tmp/another");
    renamed.b.rename("/jug/tmp/another", "/jug/locks/other");
    assert.equal(renamed.read(renamed.b, "/jug/locks/h"), "new");
  });

  Deno.test(`simulated ${name}: a folder remembered as absent is found after its parent folder is opened`, () => {
    const { a, b, make, pass } = rig(mount);
    assert.equal(b.stat("/jug/results/ab/x"), undefined);
    pass(10);
    a.makeFolder("/jug/results/ab");
    make("/jug/results/ab/x", "result");
    assert.equal(b.refresh("/jug/results/ab"), false);
    assert.equal(b.refresh("/jug/results"), true);
    assert.notEqual(b.stat("/jug/results/ab/x"), undefined);
  });

  Deno.test(`simulated ${name}: other hosts see unsynced data after a sync, after a close, or after half a minute`, () => {
    for (const how of ["sync", "close", "time"] as const) {
      const { a, b, make, read, pass } = rig(mount);
      make("/jug/f", "one");
      const file = a.openFile("/jug/f", "write", "p");
      a.open.write(file, 0, encode("two"));
      assert.equal(read(a, "/jug/f"), "two");
      assert.equal(read(b, "/jug/f"), "one");
      pass(10);
      if (how === "time") {
        pass(30_000);
        a.writeBack();
      } else a.open[how](file);
      assert.equal(read(b, "/jug/f"), "two");
    }
  });

  Deno.test(`simulated ${name}: a rename moves the server's file, but the new name means the file that the host knew`, () => {
    const { b, read } = replacedLock(mount);
    b.rename("/jug/locks/h", "/jug/tmp/aside");
    assert.equal(read(b, "/jug/tmp/aside"), "old");
    b.refresh("/jug/tmp");
    assert.equal(read(b, "/jug/tmp/aside"), "old", "the folder has not changed since, so the wrong entry stays");
  });

  Deno.test(`simulated ${name}: a crash of a host loses unsent data`, () => {
    const { a, b, make, read } = rig(mount);
    make("/jug/f", "one");
    const file = a.openFile("/jug/f", "write", "p");
    a.open.write(file, 0, encode("two"));
    a.crash();
    assert.equal(read(b, "/jug/f"), "one");
    assert.equal(read(a, "/jug/f"), "one");
  });

  Deno.test(`simulated ${name}: a removed file that is open on the same host lives on under another name`, () => {
    const { a, read, make } = rig(mount);
    make("/jug/tmp/f", "text");
    const file = a.openFile("/jug/tmp/f", "read", "p");
    assert.equal(a.remove("/jug/tmp/f"), true);
    assert.equal(read(a, "/jug/tmp/f"), undefined);
    assert.equal(new TextDecoder().decode(a.open.read(file, 0, 9)), "text");
    assert.deepEqual(a.list("/jug/tmp"), [".nfsa1"]);
    a.open.close(file);
    assert.deepEqual(a.list("/jug/tmp"), []);
  });

  Deno.test(`simulated ${name}: other hosts see a flock, but with local_lock only its own host does`, () => {
    for (const locking of ["server", "host"] as const) {
      const { a, b, make } = rig({ ...mount, locking });
      make("/jug/f", "");
      assert.equal(a.open.tryLock(a.openFile("/jug/f", "write", "p"), "exclusive"), true);
      assert.equal(a.open.tryLock(a.openFile("/jug/f", "read", "q"), "shared"), false);
      assert.equal(b.open.tryLock(b.openFile("/jug/f", "read", "r"), "shared"), locking === "host");
      a.open.closeAll("p");
      assert.equal(b.open.tryLock(b.openFile("/jug/f", "read", "r"), "exclusive"), locking !== "host");
    }
  });
}

Deno.test("simulated v3: two changes within one step of the server's clock look like one", () => {
  const { b, make, pass } = rig(NFS3);
  make("/jug/results/w", "");
  b.refresh("/jug/results");
  assert.equal(b.stat("/jug/results/x"), undefined);
  make("/jug/results/x", "");
  pass(10);
  b.refresh("/jug/results");
  assert.equal(b.stat("/jug/results/x"), undefined);
});

Deno.test("simulated v3: a folder whose time a host has set looks changed even within one step of the server's clock", () => {
  const { a, b, make, pass } = rig(NFS3);
  make("/jug/results/w", "");
  b.refresh("/jug/results");
  assert.equal(b.stat("/jug/results/x"), undefined);
  make("/jug/results/x", "");
  a.stamp("/jug/results");
  b.refresh("/jug/results");
  assert.notEqual(b.stat("/jug/results/x"), undefined);
  // The next change may fall into the same step of the server's clock. It is seen, too.
  make("/jug/results/y", "");
  pass(10);
  b.refresh("/jug/results");
  assert.notEqual(b.stat("/jug/results/y"), undefined);
});

Deno.test("simulated v3: an open file that another host removed is stale; on v4 it can still be read", () => {
  for (const mount of [NFS3, NFS4]) {
    const { a, b, make } = rig(mount);
    make("/jug/f", "text");
    const file = b.openFile("/jug/f", "read", "q");
    a.remove("/jug/f");
    if (mount === NFS3) assert.throws(() => b.open.read(file, 0, 4), /ESTALE/);
    else assert.equal(b.open.read(file, 0, 4).length, 4);
  }
});

Deno.test("simulated v4: after the server dropped a host's state, its locked file accepts writes but fails to sync", () => {
  const { a, b, make, read } = rig(NFS4, { isGivenUp: () => (a.open.dropLocks(), true) });
  make("/jug/f", "one");
  const file = a.openFile("/jug/f", "write", "p");
  assert.equal(a.open.tryLock(file, "exclusive"), true);
  assert.equal(b.open.tryLock(b.openFile("/jug/f", "read", "q"), "shared"), true);
  a.open.write(file, 0, encode("two"));
  assert.throws(() => a.open.sync(file), /EIO/);
  assert.throws(() => a.open.sync(file), /EIO/);
  assert.throws(() => a.open.read(file, 0, 1), /EIO/);
  assert.equal(a.open.tryLock(file, "exclusive"), true, "the client still believes in its lock");
  a.open.close(file);
  assert.equal(read(b, "/jug/f"), "one");
});

Deno.test("simulated local file system: all calls see the true state", () => {
  const { a, make, read } = rig(LOCAL);
  assert.equal(a.stat("/jug/results/x"), undefined);
  make("/jug/results/x", "result");
  assert.equal(read(a, "/jug/results/x"), "result");
  const file = a.openFile("/jug/results/x", "write", "p");
  a.open.write(file, 0, encode("R"));
  assert.equal(read(a, "/jug/results/x"), "Result");
  assert.equal(a.remove("/jug/results/x"), true);
  assert.equal(a.open.size(file), 6);
});
