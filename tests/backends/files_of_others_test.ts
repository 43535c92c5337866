/**
 * Tests that jug does not change files that it did not create, wherever they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { isFileBackend } from "../../backends/file.ts";
import { openBackend } from "../../backends/open.ts";
import { isJugError } from "../../core/errors.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "./backend_contract.ts";
import { claimantOf, Place } from "../support/file/file_place.ts";
import { SqlitePlace } from "../support/sqlite_place.ts";

Deno.test("sqlite: foreign files in the workers folder are kept, and so is the folder", async () => {
  await using place = new SqlitePlace();
  const folder = `${place.path}-workers`;
  Deno.mkdirSync(`${folder}/empty`, { recursive: true });
  Deno.mkdirSync(`${folder}/full`);
  const mine = ["notes", "notes.txt", "host-1234-0123456789abcdef", "full/draft", "blank"];
  for (const name of mine) Deno.writeTextFileSync(`${folder}/${name}`, name === "blank" ? "" : "mine");
  Deno.symlinkSync(`${folder}/notes`, `${folder}/link`);
  const member = await (await place.open()).join(newOwner());
  // A killed process, whose leftovers the next one removes.
  await place.claimAndDie(newOwner(), [hashOf(1)]);
  const next = await (await place.open()).join(newOwner());
  await next.leave();
  await member.leave();
  for (const name of mine) assert.equal(Deno.readTextFileSync(`${folder}/${name}`), name === "blank" ? "" : "mine");
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["blank", "empty", "full", "host-1234-0123456789abcdef", "link", "notes", "notes.txt"]);
});

Deno.test("sqlite: an existing empty workers folder is kept; one that jug created is removed", async () => {
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

Deno.test("sqlite: leftovers of a process killed while it joins or leaves are removed by the next one", async () => {
  await using place = new SqlitePlace();
  const folder = `${place.path}-workers`;
  const owners = [newOwner(), newOwner()];
  for (const owner of owners) {
    // Entered in the database, and killed before it wrote its file, or before the database recorded its flock.
    await (await (await place.open()).join(owner)).leave();
    using database = new DatabaseSync(place.path);
    database.prepare("INSERT INTO owners (id, lease_ms, beat, flocked) VALUES (?, 30000, 0, 0)").run(owner.id);
  }
  // As if also killed between removing its row and removing the folder.
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

const bytes = new TextEncoder().encode("a result");

Deno.test("file: a folder with foreign content is refused for reading and writing, and stays unchanged", async () => {
  await using place = new Place();
  const isRefusal = (error: unknown) => {
    assert(isJugError(error) && error.kind === "backend" && error.remedy?.includes("--jugdir"), String(error));
    assert.match(error.message, /is not a jugdir: it contains "(my\.notes|results)", but no file "format"/);
    return true;
  };
  const early = place.open();
  Deno.mkdirSync(`${place.root}/results`, { recursive: true });
  await assert.rejects(openBackend(place.root), isRefusal);
  Deno.writeTextFileSync(`${place.root}/my.notes`, "mine");
  for (const options of [{}, { create: true }, { existing: true }]) {
    await assert.rejects(openBackend(place.root, options), isRefusal);
  }
  await assert.rejects(early.complete([{ hash: hashOf(1), bytes, lock: undefined }]), isRefusal);
  await assert.rejects(early.join(newOwner()), isRefusal);
  assert.deepEqual(place.names("."), ["my.notes", "results"]);
  assert.deepEqual(place.names("results"), []);
});

Deno.test("file: a folder that is empty, or has only files that do not count, becomes a jugdir", async () => {
  await using place = new Place();
  Deno.mkdirSync(place.root);
  // The last one is the leftover of a process that was killed while it created a jugdir.
  for (const name of [".gitkeep", "lost+found", ".nfs0000a1", "format.0123456789abcdef-0"]) {
    Deno.writeTextFileSync(`${place.root}/${name}`, "");
  }
  assert.deepEqual(await place.open().has([hashOf(1)]), new Set());
  await place.open().complete([{ hash: hashOf(1), bytes, lock: undefined }]);
  // It works, too, while someone removes the jugdir: they may delete the format file first.
  const running = place.open();
  Deno.removeSync(`${place.root}/format`);
  await running.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  assert.equal((await place.open().has([hashOf(1), hashOf(2)])).size, 2);
});

Deno.test("file: `pack` removes leftovers of an earlier one, and no files of other programs", async () => {
  await using place = new Place();
  const backend = place.open();
  assert(isFileBackend(backend));
  for (const hash of hashesOf(2)) {
    const by = claimantOf();
    const member = await place.join(backend, by.owner);
    const [lock] = (await backend.claim([hash], by)).map(lockOf);
    await backend.complete([{ hash, bytes, lock }]);
    await member.leave();
  }
  const segments = `${place.root}/segments`;
  const [first = ""] = place.names("segments");
  const content = Deno.readFileSync(`${segments}/${first}`);
  assert.equal(await backend.pack(), 2);
  // As if it had been killed before it removed what it had merged.
  Deno.writeFileSync(`${segments}/${first}`, content);
  const mine = ["my.notes", "my@5!", "my.0.notes", "my.0.notes@5?", "my.0.notes@5!.bak"];
  const folders = ["segments", "states", "tmp", "heads", "workers", "results", "codes"];
  const files = folders.flatMap((folder) => mine.map((name) => `${place.root}/${folder}/${name}`));
  for (const folder of folders) Deno.mkdirSync(`${place.root}/${folder}/my-folder!`, { recursive: true });
  for (const file of files) Deno.writeTextFileSync(file, "mine");
  await backend.remove([hashOf(1)]);
  await backend.pack();
  const left = place.names("segments").filter((name) => !mine.includes(name) && name !== "my-folder!");
  assert.equal(left.length, 1);
  assert(!left.includes(first));
  for (const file of files) assert.equal(Deno.readTextFileSync(file), "mine");
  for (const folder of folders) assert(place.names(folder).includes("my-folder!"), folder);
  assert.deepEqual(await collect(place.open().list()), [hashOf(0)]);
});
