/**
 * Scripts that run on the server, each as one atomic step.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { MAX_PARTS } from "./stored_value.ts";

/** A script in Lua. */
export interface Script {
  readonly text: string;
  /** The name that the server uses for the script once it is loaded. */
  readonly digest: string;
}

/** Creates the script of this text. */
export function script(text: string): Script {
  return { text, digest: createHash("sha1").update(text).digest("hex") };
}

/**
 * Lua: `announce(key, list)` reports changes to waiting processes. Each change is a letter and a hash. It comes last in
 * a script and may fail silently (memory full, no right to publish): a change is only a hint, and the operation itself
 * is done.
 */
export const ANNOUNCE = `
local function announce(key, list)
  if #list == 0 then return end
  redis.pcall('XADD', key, 'MAXLEN', '~', '1000', '*', 'c', table.concat(list))
  redis.pcall('PUBLISH', key, '')
end
`;

/**
 * Lua: `let_go(first, count)` makes the parts of a large result expire in a minute, unless somebody frees them before.
 * Freeing hundreds of megabytes would block the server for too long, so no two parts expire at the same time. It ends
 * at the first part that is missing, because the stored number of parts may be wrong.
 */
export const LET_GO = `
local function let_go(first, count)
  for i = 0, count - 1 do
    if redis.call('PEXPIRE', first .. i, 60000 + 200 * i) == 0 then return end
  end
end
`;

/**
 * Lua: `let_parts_go(prefix, value)` does the same for the parts that a stored value names. Returns whether it names
 * any. As in `stored_value.ts`, a value with more parts than its length allows names none.
 */
export const LET_PARTS_GO = `${LET_GO}
local function let_parts_go(prefix, value)
  local upload, count, length = string.match(value, '^@([%w_-]+) (%d+) (%d+)$')
  count = tonumber(count or 0)
  if count < 1 or count > math.min(tonumber(length), ${MAX_PARTS}) then return false end
  let_go(prefix .. upload .. ':', count)
  return true
end
`;
