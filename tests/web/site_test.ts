import assert from "node:assert/strict";
import { extname } from "node:path";
import type { Page } from "npm:playwright-core@1";
import { buildSite } from "../../tools/site.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { violationsIn } from "../support/web/axe.ts";
import { hasChromium, withBrowser, WITHOUT_CHROMIUM } from "../support/web/chromium.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Serves a folder as any static server does. */
function serve(folder: string) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async ({ url }) => {
    const path = decodeURIComponent(new URL(url).pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      const bytes = await Deno.readFile(`${folder}${file}`);
      return new Response(bytes, { headers: { "content-type": TYPES[extname(file)] ?? "text/plain; charset=utf-8" } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
  return { origin: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Asks for every page that a link leads to, and for every file. Returns what is missing, and how many pages there are. */
async function crawl(origin: string): Promise<{ missing: string[]; pages: string[] }> {
  const [pending, missing, pages] = [["/"], [] as string[], [] as string[]];
  const seen = new Set(pending);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const response = await fetch(`${origin}${path}`);
    const text = await response.text();
    if (!response.ok) missing.push(path);
    if (!response.headers.get("content-type")?.startsWith("text/html")) continue;
    pages.push(path);
    for (const [, target = ""] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      const url = new URL(target.replaceAll("&amp;", "&"), `${origin}${path}`);
      if (url.origin !== origin || seen.has(url.pathname)) continue;
      seen.add(url.pathname);
      pending.push(url.pathname);
    }
  }
  return { missing, pages };
}

/** Waits until the page's scripts work. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
}

Deno.test({
  name:
    `the site has no broken link, asks for nothing elsewhere, finds words, and has no fault that axe-core knows${WITHOUT_CHROMIUM}`,
  ignore: !hasChromium,
  fn: () =>
    withTempDir(async (folder) => {
      await buildSite(`${folder}/site`, "/");
      await using server = serve(`${folder}/site`);
      const { missing, pages } = await crawl(server.origin);
      assert.deepEqual(missing, []);
      assert.ok(pages.length > 50, `${pages.length} pages`);
      await withBrowser(async (browser) => {
        for (const width of [1280, 390]) {
          for (const colorScheme of ["light", "dark"] as const) {
            const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
            const page = await context.newPage();
            const elsewhere: string[] = [];
            page.on("request", (request) => {
              if (!request.url().startsWith(`${server.origin}/`)) elsewhere.push(request.url());
            });
            for (const path of ["/", "/docs/tutorial.html", "/docs/reference/commands.html"]) {
              await open(page, `${server.origin}${path}`);
              const wider = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
              assert.equal(wider, false, `${path} at ${width} px scrolls sideways`);
              assert.deepEqual(await violationsIn(page), [], `${path} at ${width} px, ${colorScheme}`);
            }
            assert.deepEqual(elsewhere, []);
            await context.close();
          }
        }
        const page = await browser.newPage();
        await open(page, `${server.origin}/`);
        await page.locator(".VPNavBarSearch button").first().click();
        await page.locator("#localsearch-input").fill("take over");
        const first = page.locator("#localsearch-list a").first();
        await first.waitFor();
        await first.click();
        await page.waitForURL((url) => url.pathname.startsWith("/docs/"));
        await page.close();
      });
    }),
});
