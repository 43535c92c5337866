import assert from "node:assert/strict";
import type { Change } from "../../../backends/backend.ts";
import { EventHub } from "../../../commands/webstatus/event_hub.ts";
import { LiveReport } from "../../../commands/webstatus/live_report.ts";
import { REPORT_VERSION, type ReportData } from "../../../web/data/report_data.ts";

function reportAt(time: number, notices: readonly string[] = []): ReportData {
  return {
    version: REPORT_VERSION,
    time,
    notices,
    jugfile: { path: "primes.ts", problem: null },
    total: { finished: 0, running: 0, failed: 0, ready: 0, waiting: 0 },
    functions: { list: [], leftOut: 0, borders: [] },
    axis: null,
    activity: null,
    workers: { list: [], leftOut: 0, count: 0, idle: null, names: [], lanes: "bars" },
    running: { list: [], leftOut: 0 },
    failures: { count: 0, groups: [], leftOut: 0, unread: 0, unreadable: 0 },
    graph: { kind: "none", reason: "" },
    path: null,
    environment: {
      ...{ jug: "0", deno: "2", platform: "", args: [], jugdir: "", hosts: [], processes: [], processesLeftOut: 0 },
    },
  };
}

async function nextText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

Deno.test("a page first gets everything, then what changed", async () => {
  const counts: number[] = [];
  const hub = new EventHub(reportAt(1), () => 0, (count) => counts.push(count));
  const page = hub.open().getReader();
  const first = await nextText(page);
  assert.match(first, /^event: update\ndata: \{.*\}\n\n$/);
  assert.deepEqual(JSON.parse(first.slice(first.indexOf("{"))), JSON.parse(JSON.stringify(reportAt(1))));
  hub.send(reportAt(2, ["a\nb"]));
  assert.equal(await nextText(page), 'event: update\ndata: {"time":2,"notices":["a\\nb"]}\n\n');
  hub.send(reportAt(3, ["a\nb"]));
  assert.equal(await nextText(page), 'event: update\ndata: {"time":3}\n\n');
  await page.cancel();
  assert.deepEqual(counts, [1, 0]);
  hub.close();
});

Deno.test("a page that reads slowly gets several updates as one", async () => {
  const hub = new EventHub(reportAt(1, ["x".repeat(300_000)]), () => 0, () => {});
  const page = hub.open().getReader();
  hub.send(reportAt(2, ["second"]));
  hub.send({ ...reportAt(3, ["third"]), jugfile: { path: "other.ts", problem: null } });
  assert.ok((await nextText(page)).length > 300_000);
  assert.equal(
    await nextText(page),
    'event: update\ndata: {"time":3,"notices":["third"],"jugfile":{"path":"other.ts","problem":null}}\n\n',
  );
  hub.close();
  assert.deepEqual(await page.read(), { value: undefined, done: true });
});

Deno.test("reports are made as long as a page is open, and after each change", async () => {
  let changed = Promise.withResolvers<readonly Change[]>();
  const reported: number[] = [];
  let heard = Promise.withResolvers<void>();
  const live = new LiveReport({
    backend: {
      waitForChange: (signal) => {
        const { promise, resolve } = changed;
        signal.addEventListener("abort", () => resolve([]), { once: true });
        return promise;
      },
    },
    make: () => Promise.resolve(reportAt(reported.length)),
    onReport({ time }: ReportData) {
      reported.push(time);
      heard.resolve();
    },
    onError: (error) => assert.fail(String(error)),
    clock: () => performance.now(),
  });
  live.follow(true);
  live.follow(true);
  await heard.promise;
  for (const end of [1, 2]) {
    heard = Promise.withResolvers();
    const before = changed;
    changed = Promise.withResolvers();
    if (end === 1) before.resolve([]);
    else live.wake();
    await heard.promise;
  }
  await live.close();
  assert.deepEqual(reported, [0, 1, 2]);
});

Deno.test("after a report that failed, the next one is made", async () => {
  const errors: string[] = [];
  const { promise: made, resolve } = Promise.withResolvers<void>();
  let attempts = 0;
  const live = new LiveReport({
    backend: {
      waitForChange: (signal) =>
        new Promise((done) => signal.addEventListener("abort", () => done([]), { once: true })),
    },
    make: () =>
      ++attempts === 1 ? Promise.reject(new Error("the server is away")) : Promise.resolve(reportAt(attempts)),
    onReport: () => resolve(),
    onError: (error) => errors.push(String(error)),
    clock: () => performance.now(),
  });
  live.follow(true);
  await made;
  await live.close();
  assert.deepEqual(errors, ["Error: the server is away"]);
  assert.equal(attempts, 2);
});
