/**
 * The page as one HTML file that loads nothing.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { DATA_ELEMENT, LIVE_ELEMENT, type LiveSettings } from "../../web/data/live.ts";
import type { ReportData } from "../../web/data/report_data.ts";
import { SCRIPT, STYLE } from "../../web/generated/page.ts";

/** What a page is made of. */
export interface PageContent {
  readonly data: ReportData;
  /** The title until the script has run. */
  readonly title: string;
  /** Set for a page that a server keeps up to date. */
  readonly live?: LiveSettings;
}

/** Returns the page. */
export function pageHtml({ data, title, live }: PageContent): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(live !== undefined)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<noscript><p>This page needs JavaScript. It loads nothing: all of it is in this file.</p></noscript>
${dataElement(DATA_ELEMENT, data)}
${live === undefined ? "" : `${dataElement(LIVE_ELEMENT, live)}\n`}<script>${SCRIPT}</script>
</body>
</html>
`;
}

/**
 * Returns the content security policy of the page: no script and no style but its own, and no request but to its own
 * server, if it has one.
 */
export function contentPolicy(isLive: boolean): string {
  return [
    "default-src 'none'",
    `script-src '${digestOf(SCRIPT)}'`,
    `style-src '${digestOf(STYLE)}'`,
    "img-src data:",
    ...isLive ? ["connect-src 'self'"] : [],
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function digestOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Returns an element with data for the script. No text in it can end the element. */
function dataElement(id: string, value: unknown): string {
  const json = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `<script type="application/json" id="${id}">${json}</script>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
