import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { oldAddressNote } from "../../../backends/old_address.ts";
import { isSharedJugdir, resolveJugdir } from "../../../engine/load/jugdir.ts";

const noon = new Date(2026, 2, 5, 12);
const defaultOf = (jugfile: string) => resolveJugdir(undefined, jugfile, noon);

Deno.test("the default jugdir is beside the jugfile and has its name", () => {
  assert.equal(defaultOf("primes.ts"), "primes.jugdata");
  assert.equal(defaultOf("./primes.ts"), "primes.jugdata");
  assert.equal(defaultOf("some/folder/my.primes.js"), join("some", "folder", "my.primes.jugdata"));
  assert.equal(defaultOf("../primes.ts"), join("..", "primes.jugdata"));
  assert.equal(defaultOf("/home/ann/primes.ts"), join("/", "home", "ann", "primes.jugdata"));
  assert.equal(defaultOf("{date}/{x}.ts"), join("{date}", "{x}.jugdata"), "braces in a path are not templates");
});

Deno.test("for a URL the default jugdir is in the current folder, unless the URL is of a file", () => {
  assert.equal(defaultOf("https://example.com/a/b.ts"), "b.jugdata");
  assert.equal(defaultOf("file:///home/ann/primes.ts?v=2#top"), join("/", "home", "ann", "primes.jugdata"));
  assert.throws(() => defaultOf("file://host/%2f"), { kind: "jugfile", message: /no such jugfile: file:\/\/host/ });
});

Deno.test("#, ? and % in a path belong to the name; in a URL they have their usual meaning", () => {
  for (const stem of ["v#1", "v#2", "what?", "a b", "a%20b", "v%231", "100%", "é", "x(1)"]) {
    assert.equal(defaultOf(`${stem}.ts`), `${stem}.jugdata`);
    assert.equal(defaultOf(`folder#1/${stem}.ts`), join("folder#1", `${stem}.jugdata`));
    assert.equal(defaultOf(pathToFileURL(`/folder#1/${stem}.ts`).href), join("/", "folder#1", `${stem}.jugdata`));
  }
  assert.equal(defaultOf("ab:c.ts"), "./ab:c.jugdata", "the colon is not the end of a backend's scheme");
  assert.equal(defaultOf("https://example.com/a%20b.ts?v=a/b#c/d"), "a b.jugdata");
  assert.equal(defaultOf("https://example.com/100%.ts"), "100%.jugdata");
});

Deno.test("a jugdir is shared unless it is the default of a jugfile on disk", () => {
  assert.ok(!isSharedJugdir(undefined, "a/j.ts"));
  assert.ok(!isSharedJugdir("./a/j.jugdata", "a/j.ts"));
  assert.ok(!isSharedJugdir(resolve("a/j.jugdata"), "a/j.ts"));
  for (const address of ["j.jugdata", "sqlite:a/j.jugdata", "redis://host?prefix=j", "memory:"]) {
    assert.ok(isSharedJugdir(address, "a/j.ts"), address);
  }
  assert.ok(isSharedJugdir("j.jugdata", "https://example.com/j.ts"), "another URL may have the same default");
});

Deno.test("{jugfile} and {date} are replaced everywhere, {date} by the local date", () => {
  assert.equal(resolveJugdir("data/{date}/{jugfile}-{date}", "a/primes.ts", noon), "data/2026-03-05/primes-2026-03-05");
  assert.equal(resolveJugdir("{date}", "a.ts", new Date(2026, 11, 31, 0, 5)), "2026-12-31");
});

Deno.test("an address without templates stays unchanged", () => {
  assert.equal(resolveJugdir("sqlite:data.jugdb", "primes.ts", noon), "sqlite:data.jugdb");
});

Deno.test("an unknown template is refused, and the message names the known ones", () => {
  assert.throws(() => resolveJugdir("{jugfiles}.d", "primes.ts", noon), {
    kind: "usage",
    message: /\{jugfiles\}\n {2}The templates are \{jugfile\} and \{date\}/,
  });
});

Deno.test("a Redis address without a prefix gets the jugfile's name", () => {
  const resolved = (address: string) => resolveJugdir(address, "folder/primes.ts", noon);
  assert.equal(resolved("redis://host:6379/3"), "redis://host:6379/3?prefix=primes");
  assert.equal(resolved("redis+sentinel://a,b:2/tasks"), "redis+sentinel://a,b:2/tasks?prefix=primes");
  assert.equal(resolved("unix:/run/redis.sock?db=3"), "unix:/run/redis.sock?db=3&prefix=primes");
  assert.equal(resolved("rediss://host?prefix=lab-{jugfile}-{date}"), "rediss://host?prefix=lab-primes-2026-03-05");
});

Deno.test("characters of a jugfile's name that have a meaning in an address are escaped", () => {
  assert.equal(resolveJugdir("redis://host", "R&D 1.ts", noon), "redis://host?prefix=R%26D%201");
});

Deno.test("braces in a password are not templates", () => {
  const address = "redis://ann:{date}{x}@host?prefix={jugfile}";
  assert.equal(resolveJugdir(address, "primes.ts", noon), "redis://ann:{date}{x}@host?prefix=primes");
  const sentinels = "redis+sentinel://ann:{x}@host/tasks?prefix={jugfile}";
  assert.equal(resolveJugdir(sentinels, "primes.ts", noon), "redis+sentinel://ann:{x}@host/tasks?prefix=primes");
});

Deno.test("addresses and templates of Python's jug are translated", () => {
  const resolved = (address: string) => resolveJugdir(address, "folder/primes.ts", noon);
  assert.equal(resolved("dict_store:x.db"), "memory:x.db");
  assert.equal(resolved("dict_store"), "memory:");
  assert.equal(resolved("file_keepalive:kept"), "kept");
  assert.equal(resolved("%(date)s/%(jugfile)s.d"), "2026-03-05/primes.d");
  assert.equal(resolved("redis://ann:%(x)s@host?prefix=%(jugfile)s"), "redis://ann:%(x)s@host?prefix=primes");
  assert.throws(() => resolved("%(user)s"), { kind: "usage", message: /unknown template %\(user\)s/ });
  for (const ours of ["dict_stores", "dict_store/x", "./file_keepalive:x", "100%(x)", "{jugfile}"]) {
    assert.equal(oldAddressNote(ours), undefined);
  }
  assert.equal(oldAddressNote("dict_store:x.db"), "the jugdir dict_store:x.db of Python's jug means memory:x.db here");
  assert.match(oldAddressNote("%(jugfile)s.d") ?? "", /mean \{jugfile\} and \{date\} here$/);
});
