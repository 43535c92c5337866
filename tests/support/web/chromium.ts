/**
 * A real Chromium for tests of pages.
 *
 * @module
 */
import { type Browser, chromium } from "npm:playwright-core@1";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser; `undefined` if there is none. */
const EXECUTABLE = CANDIDATES.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Whether there is a Chromium. */
export const hasChromium = EXECUTABLE !== undefined;

/** What a test's name ends with if it is skipped. */
export const WITHOUT_CHROMIUM = hasChromium ? "" : " (skipped: no chromium)";

const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** Starts the browser for the duration of `use`. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  if (EXECUTABLE === undefined) throw new Error("there is no chromium");
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}
