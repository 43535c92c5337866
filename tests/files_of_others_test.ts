/**
 * What jug did not make stays as it is, wherever it lies.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { hashOf, newOwner } from "./backend_contract.ts";
import { SqlitePlace } from "./support/sqlite_place.ts";

Deno.test("sqlite: what others keep in the folder of workers stays, and so does the folder", async () => {
  await using place = new SqlitePlace();
  const folder = `${place.path}-workers`;
  Deno.mkdirSync(`${folder}/empty`, { recursive: true });
  Deno.mkdirSync(`${folder}/full`);
  const mine = ["notes", "notes.txt", "host-1234-0123456789abcdef", "full/draft", "blank"];
  for (const name of mine) Deno.writeTextFileSync(`${folder}/${name}`, name === "blank" ? "" : "mine");
  Deno.symlinkSync(`${folder}/notes`, `${folder}/link`);
  const member = await (await place.open()).join(newOwner());
  // As if killed: a later process tidies up after it.
  await place.claimAndDie(newOwner(), [hashOf(1)]);
  const next = await (await place.open()).join(newOwner());
  await next.leave();
  await member.leave();
  for (const name of mine) assert.equal(Deno.readTextFileSync(`${folder}/${name}`), name === "blank" ? "" : "mine");
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["blank", "empty", "full", "host-1234-0123456789abcdef", "link", "notes", "notes.txt"]);
});

Deno.test("sqlite: an empty folder of workers that was there before stays; one that jug made goes", async () => {
  await using place = new SqlitePlace();
  const folder = `${place.path}-workers`;
  Deno.mkdirSync(folder);
  const member = await (await place.open()).join(newOwner());
  await member.leave();
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  Deno.removeSync(folder);
  const [one, other] = [await (await place.open()).join(newOwner()), await (await place.open()).join(newOwner())];
  await one.leave();
  assert.equal(Deno.statSync(folder).isDirectory, true);
  await other.leave();
  assert.throws(() => Deno.statSync(folder), Deno.errors.NotFound);
});

Deno.test("sqlite: what a process leaves that is killed while it comes or goes, the next removes", async () => {
  await using place = new SqlitePlace();
  const folder = `${place.path}-workers`;
  const owners = [newOwner(), newOwner()];
  for (const owner of owners) {
    // Told of in the database, and killed before it wrote to its file, or before the database heard of the file.
    await (await (await place.open()).join(owner)).leave();
    using database = new DatabaseSync(place.path);
    database.prepare("INSERT INTO owners (id, lease_ms, beat, flocked) VALUES (?, 30000, 0, 0)").run(owner.id);
  }
  // As if killed, too, between its row and its folder's end.
  Deno.mkdirSync(folder);
  const [blank, written] = owners.map(({ id }) => id);
  Deno.writeTextFileSync(`${folder}/${blank}`, "");
  Deno.writeTextFileSync(`${folder}/${written}`, `jug worker ${written}\n`);
  const next = await (await place.open()).join(newOwner());
  assert.equal([...Deno.readDirSync(folder)].length, 1);
  await next.leave();
  assert.throws(() => Deno.statSync(folder), Deno.errors.NotFound);
  using database = new DatabaseSync(place.path);
  assert.deepEqual(database.prepare("SELECT id FROM owners").all(), []);
});
