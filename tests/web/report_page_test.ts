import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1";
import { pageHtml } from "../../commands/report/page_html.ts";
import { makeReport } from "../../engine/report/make_report.ts";
import { isLong } from "../support/campaign/campaign.ts";
import { jugdirWith } from "../support/jugdir_alone.ts";
import { type Project, withProject } from "../support/project.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { violationsIn } from "../support/web/axe.ts";
import { hasChromium, withBrowser, WITHOUT_CHROMIUM } from "../support/web/chromium.ts";

const EVIL = "<script>document.title='hacked'</script><img src=x onerror=alert(1)>";

/** A jugfile whose names, arguments, messages and outputs hold markup. */
const SOURCES = {
  "evil.ts": `import { TaskGenerator } from "jug";
const evil = ${JSON.stringify(EVIL)};
const fine = TaskGenerator(function fine(text: string, n: number) { return text + n; }, { name: "m." + evil });
const bad = TaskGenerator(function bad(text: string) { console.log(evil); throw new Error(evil + text); });
const last = TaskGenerator(function last(all: string[]) { return all; });
last(Array.from({ length: 20 }, (_, n) => fine(evil, n)));
bad(evil);
`,
};

/** Opens a file without a network, and passes the page to `use`. Fails if the page asks for anything but the file. */
async function withPage(
  browser: Browser,
  path: string,
  options: Parameters<Browser["newContext"]>[0],
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    await context.setOffline(true);
    const page = await context.newPage();
    const [requests, errors]: [string[], string[]] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => errors.push(message.text()));
    page.on("dialog", (dialog) => errors.push(`dialog: ${dialog.message()}`));
    await page.goto(`file://${path}`);
    await page.waitForSelector("#environment");
    await use(page);
    assert.deepEqual(errors, []);
    assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [`file://${path}`]);
  } finally {
    await context.close();
  }
}

async function madeReport({ jug, folder }: Project): Promise<string> {
  assert.equal((await jug("execute evil.ts --keep-going --quiet")).code, 1);
  const { code, stderr } = await jug("report evil.ts --output report.html");
  assert.equal(code, 0, stderr);
  return `${folder}/report.html`;
}

function numberIn(page: Page, expression: string): Promise<number> {
  return page.evaluate(expression).then(Number);
}

Deno.test({
  name: `a report opens from disk without a network, and markup in it stays text${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium,
  fn: () =>
    withProject(SOURCES, async (project) => {
      const path = await madeReport(project);
      await withBrowser(async (browser) => {
        await withPage(browser, path, { viewport: { width: 1280, height: 900 } }, async (page) => {
          assert.equal(await page.title(), "evil.ts – jug report");
          const text = await page.evaluate("document.body.textContent");
          assert.ok(String(text).includes(EVIL), "the name, the message and the output are shown as they are");
          assert.equal(await numberIn(page, "document.querySelectorAll('main script, main img').length"), 0);
          assert.equal(await numberIn(page, "document.querySelectorAll('#graph svg.jug-graph').length"), 1);
          assert.equal(await numberIn(page, "document.querySelectorAll('#activity canvas').length"), 2);
          await page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)");
          assert.deepEqual(await violationsIn(page), []);
        });
        await withPage(
          browser,
          path,
          { viewport: { width: 390, height: 800 }, colorScheme: "dark" },
          async (page) => {
            await page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)");
            assert.ok(await numberIn(page, "document.documentElement.scrollWidth") <= 390, "it scrolls sideways");
            assert.deepEqual(await violationsIn(page), []);
            const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
            const dark = await background();
            await page.click("button.theme");
            assert.notEqual(await background(), dark);
            assert.deepEqual(await violationsIn(page), []);
          },
        );
        await withPage(browser, path, { viewport: { width: 1280, height: 900 } }, byKeyboard);
      });
    }),
});

/** Uses the page with the keyboard alone: the first link, the theme, a section, a group of failures, a sorted column. */
async function byKeyboard(page: Page): Promise<void> {
  const focused = () => page.evaluate("document.activeElement.textContent").then(String);
  /** Presses Tab until `text` has the focus. */
  const tabTo = async (text: RegExp) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      if (text.test(await focused())) return;
    }
    assert.fail(`${text} cannot be reached`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the overview");
  await tabTo(/^Dark$/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
  await tabTo(/^Environment$/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("location.hash"), "#environment");
  await page.evaluate("document.querySelector('header nav a').focus()");
  await tabTo(/^1 times/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.querySelector('details.group').open"), true);
  await tabTo(/^Runs$/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.activeElement.closest('th').ariaSort"), "descending");
  assert.equal(await page.evaluate("document.querySelector('#functions tbody td:nth-child(3)').textContent"), "20");
}

Deno.test({
  name: `100,000 tasks of 300 functions by 80 workers are a page of at most 5 MB that shows in 2 s${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium || !isLong,
  fn: () =>
    withTempDir(async (folder) => {
      const runs = Array.from({ length: 100_000 }, (_, i) => ({
        name: `many.f${i % 300}`,
        worker: `node${i % 80}:1.0`,
        start: Math.floor(i / 80) * 100,
        finish: Math.floor(i / 80) * 100 + 20 + i % 77,
        args: `${i}, "${"x".repeat(50)}"`,
      }));
      const backend = await jugdirWith(runs);
      const data = await makeReport({
        ...{ backend, jugfile: "many.ts", args: [], inspection: "many.ts could not be loaded", showsArguments: true },
        ...{ program: { jug: "0", deno: "0", platform: "linux" }, now: () => 200_000 },
      });
      await backend.close();
      const html = pageHtml({ data, title: "many.ts" });
      assert.ok(html.length < 5_000_000, `${html.length} bytes`);
      await Deno.writeTextFile(`${folder}/report.html`, html);
      await withBrowser((browser) =>
        withPage(browser, `${folder}/report.html`, { viewport: { width: 1280, height: 900 } }, async (page) => {
          const painted = await numberIn(page, "performance.getEntriesByName('first-contentful-paint')[0].startTime");
          assert.ok(painted < 2000, `${painted} ms`);
          assert.equal(await numberIn(page, "document.querySelectorAll('.lane').length"), 64);
        })
      );
    }),
});
