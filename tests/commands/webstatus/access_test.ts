import assert from "node:assert/strict";
import { type AccessRules, newToken, type Purpose, refusalOf } from "../../../commands/webstatus/access.ts";

const RULES: AccessRules = { token: "secret", actionToken: "change", hostNames: ["node7", "node7.example.org"] };

function statusOf(
  address: string,
  headers: Readonly<Record<string, string>> = {},
  purpose: Purpose = "data",
  rules: AccessRules = RULES,
): number | undefined {
  const request = new Request(address, { headers });
  return refusalOf(request, new URL(request.url), purpose, rules)?.status;
}

Deno.test("only the names and addresses of this host are accepted, on any port", () => {
  for (
    const host of [
      "localhost",
      "LOCALHOST:9000",
      "127.0.0.1:8584",
      "[::1]:8584",
      "192.168.1.7",
      "node7:8584",
      "node7.example.org",
    ]
  ) assert.equal(statusOf(`http://${host}/?token=secret`), undefined, host);
  for (const host of ["evil.example", "localhost.evil.example", "node7.evil.example", "127.0.0.1.evil.example"]) {
    assert.equal(statusOf(`http://${host}/?token=secret`), 403, host);
  }
});

Deno.test("pages of other sites get nothing, but a link to the page works", () => {
  const page = "http://127.0.0.1:8584/?token=secret";
  assert.equal(statusOf(page, { origin: "http://127.0.0.1:8584" }), undefined);
  for (const origin of ["http://evil.example", "http://127.0.0.1:8585", "https://127.0.0.1:8584", "null"]) {
    assert.equal(statusOf(page, { origin }), 403, origin);
  }
  for (const site of ["cross-site", "same-site"]) {
    assert.equal(statusOf(page, { "sec-fetch-site": site, "sec-fetch-mode": "cors" }), 403);
    assert.equal(statusOf(page, { "sec-fetch-site": site, "sec-fetch-mode": "navigate" }), 403);
    assert.equal(statusOf(page, { "sec-fetch-site": site, "sec-fetch-mode": "navigate" }, "page"), undefined);
    assert.equal(statusOf(page, { "sec-fetch-site": site, "sec-fetch-mode": "no-cors" }, "page"), 403);
  }
  for (const site of ["same-origin", "none"]) assert.equal(statusOf(page, { "sec-fetch-site": site }), undefined);
});

Deno.test("reading needs the token, in the address or as Bearer", () => {
  const bare = "http://localhost/";
  assert.equal(statusOf(`${bare}?token=secret`), undefined);
  assert.equal(statusOf(bare, { authorization: "Bearer secret" }), undefined);
  for (const query of ["", "?token=", "?token=secre", "?token=secrets", "?token=SECRET", "?TOKEN=secret"]) {
    assert.equal(statusOf(`${bare}${query}`), 401, query);
    assert.equal(statusOf(`${bare}${query}`, {}, "page"), 401, query);
  }
  assert.equal(statusOf(bare, { authorization: "secret" }), 401);
  assert.equal(statusOf(`${bare}?token=secret`, { authorization: "Bearer wrong" }), 401);
  assert.equal(statusOf(bare, {}, "data", { ...RULES, token: undefined }), undefined);
});

Deno.test("an action needs both tokens, and that actions are allowed", () => {
  const read = "http://localhost/actions?token=secret";
  assert.equal(statusOf(read, { "x-jug-action": "change" }, "action"), undefined);
  assert.equal(statusOf(read, { "x-jug-action": "secret" }, "action"), 403);
  assert.equal(statusOf(`${read}&action=change`, {}, "action"), 403);
  assert.equal(statusOf("http://localhost/actions", { "x-jug-action": "change" }, "action"), 401);
  assert.equal(statusOf(read, { "x-jug-action": "change" }, "action", { ...RULES, actionToken: undefined }), 403);
  const open = { ...RULES, token: undefined };
  assert.equal(statusOf("http://localhost/actions", {}, "action", open), 403);
  assert.equal(statusOf("http://localhost/actions", { "x-jug-action": "change" }, "action", open), undefined);
});

Deno.test("tokens have 128 bits and differ", () => {
  const tokens = new Set(Array.from({ length: 100 }, newToken));
  assert.equal(tokens.size, 100);
  for (const token of tokens) assert.match(token, /^[0-9a-f]{32}$/);
});
