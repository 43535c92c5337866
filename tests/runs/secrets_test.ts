import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Backend } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { checkRecord, inflated } from "../../core/value/record.ts";
import { listRuns } from "../../engine/analysis/runs.ts";
import { collect } from "../backends/backend_contract.ts";
import { type Project, withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

/** It looks different in JSON and in an address. */
const WORD = 'p"ss wörd/1';
const PIN = "pin-4711";

/** The source of the jugfile is stored, so the secrets are not in it as such. */
const LOGIN = `import { CompoundTask, mapreduce, noHash, secret, TaskGenerator, taskContext } from "jug";
const WORD = String.fromCodePoint(${Array.from(WORD, (letter) => letter.codePointAt(0))});
const PIN = "pin-" + 4711;
const login = TaskGenerator(function login(user: string, word: string) {
  console.log("the word is " + word, { word });
  taskContext().log.warn(JSON.stringify({ word }), encodeURIComponent(word));
  return user.length + word.length;
});
const refuse = TaskGenerator(function refuse(user: string, word: string) {
  console.error("refused " + word);
  throw new Error("wrong word " + word + " for " + user, { cause: new Error("not " + word) });
}, { retries: 1, backoff: 1 });
const open = TaskGenerator(async function open(pin: string, box: { label: string }) {
  await Promise.resolve();
  if (box.label === "bad") throw JSON.stringify({ pin, box });
  return box.label;
}, { secretArguments: [true] });
export const tasks = [
  login("ann", secret(WORD)),
  login("bob", noHash(secret(WORD))),
  refuse("cid", secret(WORD)),
  open(PIN, { label: "good" }),
  open(PIN, { label: "bad" }),
  mapreduce.map(open, [PIN]),
];
function both(word: ReturnType<typeof secret<string>>) {
  return [login("dan", word), login("eve", "x")];
}
CompoundTask(both, secret(WORD));
`;

/** Every form in which a secret may be found. */
const FORMS = [WORD, PIN].flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]);

function requireAbsent(place: string, bytes: Uint8Array | string): void {
  const content = Buffer.from(bytes as Uint8Array);
  for (const form of FORMS) {
    for (const encoding of ["utf8", "latin1", "utf16le"] as const) {
      const found = content.indexOf(Buffer.from(form, encoding));
      const around = content.subarray(Math.max(0, found - 80), found + 80).toString();
      assert.ok(found < 0, `${place}: ${form} in ${encoding}: ${around}`);
    }
  }
}

/** Looks for the secrets in all files of a folder. */
function searchFiles(folder: string, except: string): number {
  let count = 0;
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) count += searchFiles(path, except);
    else if (isFile && name !== except) {
      requireAbsent(path, Deno.readFileSync(path));
      count++;
    }
  }
  return count;
}

/** Looks for the secrets in all records, which may be compressed, and in the listing of the runs. */
async function searchRecords(backend: Backend): Promise<{ results: number; failures: number }> {
  const results = await collect(backend.list());
  const failures = (await collect(backend.listFailures())).map(({ hash }) => hash);
  for (const bytes of [...await backend.load(results), ...await backend.loadFailures(failures)]) {
    const record = checkRecord(bytes ?? new Uint8Array());
    assert.ok(record.kind === "valid");
    requireAbsent(`the metadata of ${record.meta.name}`, JSON.stringify(record.meta));
    requireAbsent(`the payload of ${record.meta.name}`, inflated(record).stored);
  }
  const runs = await collect(listRuns(backend));
  requireAbsent("the runs", JSON.stringify(runs));
  assert.ok(runs.some(({ args }) => args === "'ann', secret"), JSON.stringify(runs));
  return { results: results.length, failures: failures.length };
}

/** Runs the jugfile, and looks for the secrets in all that is printed and stored. */
async function search({ folder, jug }: Project, address: string): Promise<void> {
  const words = `login.ts --jugdir ${address}`;
  const run = await jug(`execute ${words} --keep-going --verbose debug`);
  assert.equal(run.code, 1, run.stderr);
  // Otherwise this test shows nothing.
  assert.match(run.stderr, /wrong word \[secret\] for cid/);
  const outputs = [run];
  for (
    const command of [
      "failures",
      "failures --json",
      "log login.ts login[0]",
      "log login.ts refuse[0]",
      "log login.ts open[1]",
      "status --json",
      "check",
      "invalidate --target refuse --dry-run",
    ]
  ) {
    const [name, ...rest] = command.split(" ");
    const whole = [name, ...command.includes("login.ts") ? [] : ["login.ts"], ...rest, "--jugdir", address];
    outputs.push(await jug(whole.join(" ")));
  }
  for (const [i, { stdout, stderr }] of outputs.entries()) requireAbsent(`output ${i}`, stdout + stderr);
  assert.match(outputs[3]?.stdout ?? "", /^the word is \[secret\] /);
  const backend = await openBackend(address.includes("://") ? address : resolved(folder, address));
  try {
    const found = await searchRecords(backend);
    assert.ok(found.results >= 4 && found.failures >= 2, JSON.stringify(found));
  } finally {
    await backend.close();
  }
  searchFiles(folder, "login.ts");
}

function resolved(folder: string, address: string): string {
  const at = address.indexOf(":");
  return at < 0 ? `${folder}/${address}` : `${address.slice(0, at + 1)}${folder}/${address.slice(at + 1)}`;
}

for (const address of ["work", "sqlite:work.jugdb", "memory:work.json"]) {
  Deno.test(`secrets are neither in the jugdir nor in any output: ${address}`, () =>
    withProject({ "login.ts": LOGIN }, (project) => search(project, address)));
}

Deno.test({
  name: "secrets are neither on a Redis server nor in any output",
  ignore: !hasRedis,
  fn: () =>
    withProject({ "login.ts": LOGIN }, async (project) => {
      await using server = await startRedis({ settings: { rdbcompression: "no" } });
      await search(project, `${server.address}?prefix=work`);
      await server.command("SAVE");
      assert.ok(searchFiles(server.folder, "") > 0);
    }),
});
