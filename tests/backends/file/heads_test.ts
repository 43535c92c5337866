import assert from "node:assert/strict";
import { NO_CLAIMS } from "../../../backends/file/claims/claim_state.ts";
import { type Heads, openHeads } from "../../../backends/file/claims/heads.ts";
import { openJugdir } from "../../../backends/file/jugdir.ts";
import { denoFileSystem, threadTimer } from "../../../backends/file/system/deno_file_system.ts";
import { isJugError } from "../../../core/errors.ts";
import { hashesOf, lockOf } from "../backend_contract.ts";
import { claimantOf, Place } from "../../support/file/file_place.ts";

let tags = 0;

function headsOf(place: Place, prepare = true): Heads {
  const jugdir = openJugdir({
    address: place.root,
    root: place.root,
    files: denoFileSystem,
    clock: () => place.now,
    date: () => 1000,
    timer: threadTimer,
    tag: `t${tags++}`,
    partitions: 3,
  });
  if (prepare) jugdir.prepare();
  return openHeads(jugdir);
}

const bounded = (segment: string) => ({ claims: [], bounds: new Map([[segment, 1]]) });

Deno.test("heads: of two changes of one state, the first succeeds, and the other sees it", async () => {
  await using place = new Place();
  const [one, other] = [headsOf(place), headsOf(place)];
  const [seen, same] = [one.read(1), other.read(1)];
  assert.deepEqual([seen.head.sequence, seen.state], [1000, NO_CLAIMS]);
  assert(one.replace(seen, bounded("a.0.x"), "o-1"));
  assert(!other.replace(same, bounded("b.0.x"), "o-2"));
  assert.deepEqual(other.known(1).state, bounded("a.0.x"));
  assert.equal(other.known(1).head.sequence, 1001);
  assert(other.replace(other.known(1), bounded("b.0.x"), "o-2"));
  assert.deepEqual(one.read(1).state, bounded("b.0.x"));
  // The other partitions are as they were, and no state is left over.
  assert.deepEqual(place.names("heads").filter((name) => name.endsWith(".none")), ["00.1000.none", "02.1000.none"]);
  assert.equal(place.names("states").length, 1);
});

Deno.test("heads: a state that was lost in a crash counts as one without claims, and the numbers go on", async () => {
  for (const damage of ["absent", "empty", "other"] as const) {
    await using place = new Place();
    const heads = headsOf(place);
    assert(heads.replace(heads.read(0), bounded("a.0.x"), "o-1"));
    const path = `${place.root}/states/${place.names("states")[0]}`;
    if (damage === "absent") Deno.removeSync(path);
    else Deno.writeTextFileSync(path, damage === "empty" ? "" : "not a state");
    const later = headsOf(place);
    const known = later.read(0);
    assert.deepEqual([known.head.sequence, known.state], [1001, NO_CLAIMS]);
    assert(later.replace(known, bounded("b.0.x"), "o-2"));
    assert.equal(later.known(0).head.sequence, 1002);
  }
});

Deno.test("heads: an error tells what to do if heads are gone, and what it advises helps", async () => {
  await using place = new Place();
  const heads = headsOf(place);
  heads.read(2);
  const name = place.names("heads").find((head) => head.startsWith("01")) ?? "";
  Deno.removeSync(`${place.root}/heads/${name}`);
  assert.throws(() => headsOf(place).read(1), (error) => {
    assert(isJugError(error));
    assert.match(error.message, /partition 1 has no head/);
    assert.match(error.remedy ?? "", /remove the folders heads and states/);
    return true;
  });
  for (const folder of ["heads", "states"]) Deno.removeSync(`${place.root}/${folder}`, { recursive: true });
  assert.deepEqual(headsOf(place).read(1).state, NO_CLAIMS);
});

Deno.test("heads: the heads of a jugdir are created once, by whoever comes first", async () => {
  await using place = new Place();
  const first = headsOf(place);
  assert(first.replace(first.read(0), bounded("a.0.x"), "o-1"));
  headsOf(place);
  assert.equal(place.names("heads").length, 3);
  assert.deepEqual(place.names("tmp"), []);
});

Deno.test("heads: reading a jugdir that has no heads yet shows no claims, and creates none", async () => {
  await using place = new Place();
  assert.deepEqual(headsOf(place, false).readAll(), []);
  assert.deepEqual([...Deno.readDirSync(place.folder)], []);
});

Deno.test("claims: many tasks of one partition are claimed by one change", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const locks = (await backend.claim(hashesOf(1000), by)).map(lockOf);
  assert.equal(locks.length, 1000);
  const sequences = place.names("heads").map((name) => Number(name.split(".")[1]));
  assert.deepEqual(sequences, sequences.map(() => (sequences[0] ?? 0)));
  assert.equal(place.names("states").length, 32);
});
