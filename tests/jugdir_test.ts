import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { DEFAULT_JUGDIR, resolveJugdir } from "../engine/jugdir.ts";

const noon = new Date(2026, 2, 5, 12);

Deno.test("the default is the jugfile's name in the current folder", () => {
  assert.equal(resolveJugdir(DEFAULT_JUGDIR, "primes.ts", noon), "primes.jugdata");
  assert.equal(resolveJugdir(DEFAULT_JUGDIR, "some/folder/my.primes.js", noon), "my.primes.jugdata");
});

Deno.test("in a path #, ? and % are characters of the name; in a URL they are what they are there", () => {
  const jugdirOf = (jugfile: string) => resolveJugdir(DEFAULT_JUGDIR, jugfile, noon);
  for (const stem of ["v#1", "v#2", "what?", "a b", "a%20b", "v%231", "100%", "é", "x(1)", "ab:c"]) {
    assert.equal(jugdirOf(`${stem}.ts`), `${stem}.jugdata`);
    assert.equal(jugdirOf(`folder#1/${stem}.ts`), `${stem}.jugdata`);
    assert.equal(jugdirOf(pathToFileURL(`/folder#1/${stem}.ts`).href), `${stem}.jugdata`);
  }
  assert.equal(jugdirOf("https://example.com/a%20b.ts?v=a/b#c/d"), "a b.jugdata");
  assert.equal(jugdirOf("file:///home/ann/primes.ts?v=2#top"), "primes.jugdata");
  assert.equal(jugdirOf("https://example.com/100%.ts"), "100%.jugdata");
});

Deno.test("{jugfile} and {date} are filled in wherever they stand, {date} by the local day", () => {
  assert.equal(resolveJugdir("data/{date}/{jugfile}-{date}", "a/primes.ts", noon), "data/2026-03-05/primes-2026-03-05");
  assert.equal(resolveJugdir("{date}", "a.ts", new Date(2026, 11, 31, 0, 5)), "2026-12-31");
});

Deno.test("an address without templates stays as it is", () => {
  assert.equal(resolveJugdir("sqlite:data.jugdb", "primes.ts", noon), "sqlite:data.jugdb");
});

Deno.test("an unknown template is refused with those that there are", () => {
  assert.throws(() => resolveJugdir("{jugfiles}.d", "primes.ts", noon), {
    kind: "usage",
    message: /\{jugfiles\}\n {2}The templates are \{jugfile\} and \{date\}/,
  });
});

Deno.test("a Redis address without a prefix gets the jugfile's name", () => {
  const resolve = (address: string) => resolveJugdir(address, "folder/primes.ts", noon);
  assert.equal(resolve("redis://host:6379/3"), "redis://host:6379/3?prefix=primes");
  assert.equal(resolve("unix:/run/redis.sock?db=3"), "unix:/run/redis.sock?db=3&prefix=primes");
  assert.equal(resolve("rediss://host?prefix=lab-{jugfile}-{date}"), "rediss://host?prefix=lab-primes-2026-03-05");
});

Deno.test("a jugfile's name that an address would take for something else is escaped", () => {
  assert.equal(resolveJugdir("redis://host", "R&D 1.ts", noon), "redis://host?prefix=R%26D%201");
});

Deno.test("braces in a password are no templates", () => {
  const address = "redis://ann:{date}{x}@host?prefix={jugfile}";
  assert.equal(resolveJugdir(address, "primes.ts", noon), "redis://ann:{date}{x}@host?prefix=primes");
});
