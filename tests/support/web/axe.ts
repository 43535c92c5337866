/**
 * axe-core in a page: finds what a screen reader or a keyboard cannot use.
 *
 * @module
 */
import axe from "npm:axe-core@4";
import type { Page } from "npm:playwright-core@1";

/** Returns a line for each violation that axe-core finds in the page, with the first element that has it. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  // The debugger's own evaluation is not subject to the page's content security policy.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`))",
  );
  return Array.isArray(found) ? found.map(String) : [`axe-core answered ${JSON.stringify(found)}`];
}
