import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1";
import { isLong } from "../support/campaign/campaign.ts";
import { type DashboardProcess, startDashboard } from "../support/dashboard.ts";
import { withProject } from "../support/project.ts";
import { violationsIn } from "../support/web/axe.ts";
import { hasChromium, withBrowser, WITHOUT_CHROMIUM } from "../support/web/chromium.ts";

const EVIL = "<script>document.title='hacked'</script><img src=x onerror=alert(1)>";

/** Tasks whose results, arguments, messages and outputs hold markup. */
const JUGFILE = `import { TaskGenerator } from "jug";
const evil = ${JSON.stringify(EVIL)};
const load = TaskGenerator(async function load(n: number) {
  await new Promise((done) => setTimeout(done, 20));
  console.log(evil);
  return evil + n;
});
const fit = TaskGenerator(function fit(text: string, n: number) {
  if (n === 3) throw new RangeError(evil);
  return { text, n };
});
export const fits = Array.from({ length: 30 }, (_, n) => fit(load(n), n));
`;

/** Opens the dashboard, and passes the page to `use`. Fails if the page asks another server, or reports an error. */
async function withPage(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newContext"]>[0],
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const problems: string[] = [];
    const { origin } = new URL(address);
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) problems.push(request.url());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("dialog", (dialog) => problems.push(`dialog: ${dialog.message()}`));
    await page.goto(address);
    await page.getByText("Live", { exact: true }).waitFor();
    await use(page);
    assert.notEqual(await page.title(), "hacked");
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

function actionAddress({ addresses }: DashboardProcess): string {
  return addresses[1] ?? "";
}

Deno.test({
  name: `the page follows a run, finds tasks, shows one, and removes its result${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium,
  fn: () =>
    withProject({ "fits.ts": JUGFILE }, async ({ folder, jug }) => {
      await using dashboard = await startDashboard(folder, "fits.ts --port 0 --allow-actions");
      await withBrowser((browser) =>
        withPage(browser, actionAddress(dashboard), {}, async (page) => {
          await page.getByText("60 tasks", { exact: true }).waitFor();
          await page.getByRole("table", { name: "Tasks" }).getByText("ready").first().waitFor();
          const executing = jug("execute fits.ts --keep-going --quiet");
          await page.locator("#overview").getByText("59 finished").waitFor();
          await executing;

          await page.getByLabel("State").selectOption("failed");
          await page.getByText("1 task", { exact: true }).waitFor();
          await page.locator(".task-row button").click();
          const panel = page.getByRole("dialog");
          await panel.getByText("RangeError", { exact: false }).first().waitFor();
          assert.ok((await panel.innerText()).includes(EVIL));
          // The task that it needs is one click away.
          await panel.locator(".needs button").click();
          await panel.getByRole("group", { name: "Result" }).waitFor();
          assert.equal(await panel.getByRole("group", { name: "Result" }).innerText(), `${EVIL}3`);
          await panel.getByRole("button", { name: "Remove the result…" }).click();
          await panel.getByText("This removes 1 result for good", { exact: false }).waitFor();
          await panel.getByRole("button", { name: "Do it" }).click();
          await panel.getByText("1 result was removed.").waitFor();
          await page.keyboard.press("Escape");

          await page.getByLabel("State").selectOption("");
          await page.getByLabel("Name, arguments or hash").fill("fits.fit");
          await page.getByText("30 tasks", { exact: true }).waitFor();
          await page.locator("#overview").getByText("58 finished").waitFor();
        })
      );
    }),
});

Deno.test({
  name: `the page works by keyboard alone, dark, at 390 pixels, and axe-core finds nothing${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium || !isLong,
  fn: () =>
    withProject({ "fits.ts": JUGFILE }, async ({ folder, jug }) => {
      await jug("execute fits.ts --keep-going --quiet");
      await using dashboard = await startDashboard(folder, "fits.ts --port 0 --allow-actions");
      await withBrowser(async (browser) => {
        for (const colorScheme of ["light", "dark"] as const) {
          const viewport = colorScheme === "dark" ? { width: 390, height: 844 } : { width: 1280, height: 900 };
          await withPage(browser, actionAddress(dashboard), { colorScheme, viewport }, async (page) => {
            await page.getByText("60 tasks", { exact: true }).waitFor();
            assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"));
            assert.deepEqual(await violationsIn(page), []);
            // From the search box on, Tab reaches the list and its first task; Enter opens it, Escape closes it.
            await page.getByLabel("Name, arguments or hash").focus();
            await page.keyboard.type("fits.fit");
            await page.getByText("30 tasks", { exact: true }).waitFor();
            const focused = () => page.evaluate("document.activeElement.className");
            for (let i = 0; i < 6 && await focused() !== "task link"; i++) await page.keyboard.press("Tab");
            assert.equal(await focused(), "task link");
            await page.keyboard.press("Enter");
            await page.getByRole("dialog").getByRole("heading", { name: "Arguments" }).waitFor();
            assert.deepEqual(await violationsIn(page), []);
            await page.keyboard.press("Escape");
            assert.equal(await page.getByRole("dialog").count(), 0);
            assert.equal(await focused(), "task link");
          });
        }
      });
    }),
});

Deno.test({
  name: `the page says that the server has ended, and follows the next one${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium || !isLong,
  fn: () =>
    withProject({ "fits.ts": JUGFILE }, async ({ folder }) => {
      await withBrowser(async (browser) => {
        const first = await startDashboard(folder, "fits.ts --port 0 --no-token");
        const { port } = new URL(first.origin);
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(first.addresses[0] ?? "");
        await page.getByText("Live", { exact: true }).waitFor();
        await first.stop();
        await page.getByText("Connection lost; trying again").waitFor();
        await using _second = await startDashboard(folder, `fits.ts --port ${port} --no-token`);
        await page.getByText("Live", { exact: true }).waitFor();
        await context.close();
      });
    }),
});

Deno.test({
  name: `with 100,000 tasks the page stays fluid: no update blocks it for 100 ms${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium || !isLong,
  fn: () =>
    withProject({
      "many.ts": `import { TaskGenerator } from "jug";
const quick = TaskGenerator(function quick(n: number) { return n; });
const slow = TaskGenerator(async function slow(n: number) { await new Promise((done) => setTimeout(done, 30)); return n; });
for (let n = 0; n < 99_500; n++) quick(n);
for (let n = 0; n < 500; n++) slow(n);
`,
    }, async ({ folder, jug, startJug }) => {
      await jug("execute many.ts --target quick --quiet");
      await using dashboard = await startDashboard(folder, "many.ts --port 0");
      await withBrowser((browser) =>
        withPage(browser, dashboard.addresses[0] ?? "", {}, async (page) => {
          await page.getByText("100,000 tasks", { exact: true }).waitFor({ timeout: 120_000 });
          await page.evaluate(`globalThis.longest = 0;
            new PerformanceObserver((list) => {
              for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
            }).observe({ type: "longtask", buffered: false })`);
          const executing = startJug("execute many.ts --quiet");
          const list = page.getByRole("table", { name: "Tasks" });
          await list.evaluate("(list) => list.scrollTo(0, 1_000_000)");
          await list.getByText("finished").first().waitFor();
          await page.locator("#overview").getByText("100,000 finished").waitFor({ timeout: 120_000 });
          await executing.result;
          const longest = await page.evaluate("longest");
          // The measurement itself: it sees a task that blocks the page.
          await page.evaluate(
            "setTimeout(() => { for (const end = performance.now() + 300; performance.now() < end;); }, 0)",
          );
          await page.evaluate(
            "new Promise((done) => { const look = () => longest >= 300 ? done() : setTimeout(look, 20); look(); })",
          );
          console.log(`the longest task of the main thread took ${longest} ms`);
          assert.ok(Number(longest) < 100, `${longest} ms`);
        })
      );
    }),
});
