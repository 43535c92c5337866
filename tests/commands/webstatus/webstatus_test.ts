import assert from "node:assert/strict";
import { isLong } from "../../support/campaign/campaign.ts";
import type { ListedTask, TaskDetail, TaskPage } from "../../../web/data/live.ts";
import { type DashboardProcess, startDashboard } from "../../support/dashboard.ts";
import { printedFlags, SQUARES } from "../../support/printed_flags.ts";
import { type Project, withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";

/** Two functions, one of which fails for one argument, and tasks behind a barrier. */
const JUGFILE = `import { barrier, secret, TaskGenerator } from "jug";
const load = TaskGenerator(function load(name: string) { console.log("loading " + name); return [name, name.length]; });
const fit = TaskGenerator(function fit(pair: [string, number], key: string) {
  if (pair[0] === "<b>Rome</b>") throw new RangeError("no <i>fit</i>");
  return { pair };
});
export const fits = ["Oslo", "<b>Rome</b>"].map((name) => fit(load(name), secret("s3cr3t")));
await barrier();
load("behind");
`;

async function tasksOf(dashboard: DashboardProcess, query = ""): Promise<TaskPage> {
  const response = await dashboard.get(`/tasks?${query}`);
  assert.equal(response.status, 200);
  return await response.json();
}

async function detailOf(dashboard: DashboardProcess, { hash }: Pick<ListedTask, "hash">): Promise<TaskDetail> {
  const response = await dashboard.get(`/tasks/${hash}`);
  assert.equal(response.status, 200);
  return await response.json();
}

/** Returns the first task of the listing that has this state and these arguments. */
async function find(dashboard: DashboardProcess, state: string, search: string): Promise<ListedTask> {
  const [task] = (await tasksOf(dashboard, `state=${state}&search=${search}`)).tasks;
  assert.ok(task !== undefined, `${state} ${search}`);
  return task;
}

async function checkBackend({ folder, jug }: Project, jugdir: string): Promise<void> {
  await using dashboard = await startDashboard(folder, `fits.ts --jugdir ${jugdir} --port 0 --allow-actions`);
  const executing = jug(`execute fits.ts --jugdir ${jugdir} --keep-going --quiet`);
  let last;
  for await (const { total, jugfile } of dashboard.updates()) {
    last ??= jugfile;
    if (total?.finished === 3 && total.failed === 1) break;
  }
  assert.deepEqual(last, { path: "fits.ts", problem: null });
  assert.equal((await executing).code, 1);

  const failed = await detailOf(dashboard, await find(dashboard, "failed", "fits.fit"));
  assert.match(failed.failure?.message ?? "", /^RangeError: no <i>fit<\/i>$/);
  assert.equal(failed.needs[0]?.name, "fits.load");
  assert.match(failed.why.join("\n"), /RangeError/);
  const loaded = await detailOf(dashboard, await find(dashboard, "finished", "oslo"));
  assert.equal(loaded.result, '[ "Oslo", 4 ]');
  assert.equal(loaded.log, "loading Oslo\n");
  assert.equal(loaded.fullArgs, "'Oslo'");

  const invalidate = { kind: "invalidate", hash: loaded.hash };
  const asked = await (await dashboard.act({ ...invalidate, isDry: true })).json();
  assert.match(
    asked.text,
    /^This removes 2 results for good: 1 of fits\.load, 1 of fits\.fit\. More tasks may follow the barrier at .*fits\.ts:8\. Their results are not removed\.$/,
  );
  const done = await (await dashboard.act({ ...invalidate, isDry: false })).json();
  assert.match(done.text, /^2 results were removed\./);
  const retried = await (await dashboard.act({ kind: "retry", hash: failed.hash, isDry: false })).json();
  assert.deepEqual(retried, {
    text: "The failure was removed. The next jug execute tries the task again.",
    isDone: true,
  });
  assert.deepEqual((await tasksOf(dashboard)).tasks.map(({ state }) => state).sort(), [
    ...["finished", "ready", "ready", "waiting"],
  ]);
  const { code, stderr } = await dashboard.stop();
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /failed|not up to date/);
}

Deno.test("the page follows a run, and its actions remove results and failures: folder", () =>
  withProject({ "fits.ts": JUGFILE }, (project) => checkBackend(project, "fits.jugdata")));

Deno.test({
  name: "the page follows a run, and its actions remove results and failures: SQLite",
  ignore: !isLong,
  fn: () => withProject({ "fits.ts": JUGFILE }, (project) => checkBackend(project, "sqlite:fits.db")),
});

Deno.test({
  name: "the page follows a run, and its actions remove results and failures: Redis",
  ignore: !hasRedis || !isLong,
  fn: async () => {
    await using server = await startRedis();
    await withProject({ "fits.ts": JUGFILE }, (project) => checkBackend(project, server.address));
  },
});

Deno.test("requests of others, and of another form, are refused", () =>
  withProject({ "fits.ts": JUGFILE }, async ({ folder }) => {
    await using dashboard = await startDashboard(folder, "fits.ts --port 0 --allow-actions");
    const { origin, token, get, act } = dashboard;
    const { hash } = await find(dashboard, "ready", "oslo");
    const statusOf = async (request: Promise<Response>) => {
      const response = await request;
      await response.body?.cancel();
      return response.status;
    };
    for (const path of ["/", "/events", "/tasks", `/tasks/${hash}`, "/nothing"]) {
      assert.equal(await statusOf(fetch(`${origin}${path}`)), 401, path);
      assert.equal(await statusOf(get(path, { origin: "http://evil.example" })), 403, path);
    }
    for (
      const [path, status] of [["/nothing", 404], ["/tasks/x", 400], ["/tasks/..%2f..", 400], [
        "/tasks?from=x",
        400,
      ]] as const
    ) {
      assert.equal(await statusOf(get(path)), status, path);
    }
    assert.equal(await statusOf(get(`/tasks/${"0".repeat(40)}`)), 404);
    assert.equal(await statusOf(fetch(`${origin}/tasks?token=${token}`, { method: "POST" })), 405);
    assert.equal(await statusOf(fetch(`${origin}/?token=${token}`, { method: "HEAD" })), 200);
    assert.equal(await statusOf(get("/actions", { "x-jug-action": dashboard.actionToken })), 405);
    const retry = { kind: "retry", hash, isDry: false };
    assert.equal(await statusOf(act(retry, { "x-jug-action": token })), 403);
    assert.equal(await statusOf(act(retry, { "content-type": "text/plain" })), 415);
    assert.equal(await statusOf(act({ ...retry, hash: "x" })), 400);
    assert.equal(await statusOf(act({ ...retry, more: "x".repeat(5000) })), 413);
    const response = await get("/tasks");
    await response.body?.cancel();
    assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const page = await (await fetch(`${origin}/?token=${token}`)).text();
    assert.ok(page.includes(token) && !page.includes(dashboard.actionToken));
    assert.ok((await (await fetch(dashboard.addresses[1] ?? "")).text()).includes(dashboard.actionToken));
  }));

Deno.test("without the jugfile the jugdir is shown, --no-arguments hides arguments, and no secret is ever shown", () =>
  withProject({ "fits.ts": JUGFILE }, async ({ folder, jug, write }) => {
    await jug("execute fits.ts --keep-going --quiet");
    {
      await using dashboard = await startDashboard(folder, "fits.ts --port 0 --no-token --no-arguments");
      assert.equal(new URL(dashboard.addresses[0] ?? "").search, "");
      const texts = await Promise.all(
        [dashboard.get("/"), dashboard.get("/tasks")].map(async (response) => await (await response).text()),
      );
      for (const text of texts) assert.doesNotMatch(text, /Oslo|s3cr3t/);
      const { args, fullArgs, why } = await detailOf(dashboard, await find(dashboard, "finished", "fits.fit"));
      assert.deepEqual({ args, fullArgs, why }, { args: null, fullArgs: null, why: [] });
    }
    write("fits.ts", "this is no module (");
    await using dashboard = await startDashboard(folder, "fits.ts --port 0 --allow-actions");
    for await (const { jugfile, total } of dashboard.updates()) {
      assert.match(jugfile?.problem ?? "", /^fits\.ts could not be loaded/);
      assert.deepEqual([total?.finished, total?.failed], [3, 1]);
      break;
    }
    const { hash } = await find(dashboard, "finished", "fits.fit");
    const detail = await detailOf(dashboard, { hash });
    assert.match(detail.result ?? "", /^\{ pair: \[ "Oslo", 4 \] \}$/);
    assert.doesNotMatch(JSON.stringify(detail), /s3cr3t/);
    const refused = await (await dashboard.act({ kind: "invalidate", hash, isDry: true })).json();
    assert.deepEqual(refused, {
      text: "The jugfile could not be loaded, so it is not known which tasks depend on this one.",
      isDone: false,
    });
  }));

Deno.test("when a barrier opens, the page shows the tasks behind it", () =>
  withProject(
    { "primes.ts": JUGFILE.replace('"<b>Rome</b>"].map', "].map").replace(/\.map\(/, ".map(") },
    async ({ folder, jug }) => {
      await using dashboard = await startDashboard(folder, "primes.ts --port 0");
      const executing = jug("execute primes.ts --quiet");
      const barriers: string[] = [];
      for await (const { notices, total } of dashboard.updates()) {
        barriers.push(...notices?.filter((notice) => notice.includes("barrier at")) ?? []);
        if (total?.finished === 3) break;
      }
      for (const notice of barriers) assert.match(notice, /^More tasks may follow the barrier at .*primes\.ts:8\.$/);
      assert.notEqual(barriers.length, 0);
      assert.equal((await executing).code, 0);
    },
  ));

Deno.test("the printed flags suffice, and the port is one of them", () =>
  withProject(SQUARES, async (project) => {
    await project.jug("execute squares.ts --quiet");
    const flags = await printedFlags(project, "squares.ts webstatus");
    assert.ok(flags.includes("--allow-net=127.0.0.1:8584"), flags.join(" "));
    const permissions = flags.filter((flag) => !flag.startsWith("--allow-net"));
    const refused = await project.jug("webstatus squares.ts", { permissions });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /[Aa]dd the flag --allow-net=127\.0\.0\.1:8584/);
    await using dashboard = await startDashboard(project.folder, "squares.ts", flags);
    const { result } = await detailOf(dashboard, await find(dashboard, "finished", "square"));
    assert.match(result ?? "", /^[149]$/);
    const { code, stderr } = await dashboard.stop();
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /failed|could not be loaded|not up to date/);
  }));

Deno.test("a port in use, an address that is none, and a jugdir in memory are refused", () =>
  withProject({ "fits.ts": JUGFILE }, async ({ folder, jug }) => {
    await using dashboard = await startDashboard(folder, "fits.ts --port 0");
    const { port } = new URL(dashboard.origin);
    const busy = await jug(`webstatus fits.ts --port ${port}`);
    assert.equal(busy.code, 2);
    assert.match(
      busy.stderr,
      new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use\\n {2}Give another one, as in --port`),
    );
    const wrong = await jug("webstatus fits.ts --ip localhost");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /option '--ip' cannot be "localhost"\n {2}Give an IP address/);
    const foreign = await jug("webstatus fits.ts --port 0 --ip 192.0.2.1");
    assert.match(foreign.stderr, /this host has no address 192\.0\.2\.1/);
    const memory = await jug("webstatus fits.ts --jugdir memory:");
    assert.match(memory.stderr, /webstatus cannot follow a jugdir in memory/);
    assert.equal((await dashboard.stop("SIGTERM")).code, 0);
  }));
