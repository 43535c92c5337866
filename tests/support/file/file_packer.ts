/**
 * A process that stores results and packs, in an endless loop. It prints the number of each task whose result it has
 * stored.
 *
 * Arguments: the jugdir, the number of the first task.
 *
 * @module
 */
import { fileBackend } from "../../../backends/file.ts";
import { hashesOf, HERE, lockOf, newOwner } from "../../backends/backend_contract.ts";

const [root = "", from = "0"] = Deno.args;
const TASKS = 3;

for (let first = Number(from);; first += TASKS) {
  const backend = fileBackend({ root, observer: HERE });
  const owner = newOwner({ leaseMs: 60_000 });
  const member = await backend.join(owner);
  const locks = (await backend.claim(hashesOf(TASKS, first), { owner, thread: 0 })).map(lockOf);
  await backend.complete(
    locks.map((lock) => ({ hash: lock.hash, bytes: new TextEncoder().encode(`result of ${lock.hash}`), lock })),
  );
  for (let n = first; n < first + TASKS; n++) console.log(n);
  await member.leave();
  await backend.pack();
  await backend.close();
}
