/**
 * What is done on the server in one step, by a script of its own.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { MAX_PARTS } from "./stored_value.ts";

/** A script in Lua. */
export interface Script {
  readonly text: string;
  /** By which the server knows it once it is loaded. */
  readonly digest: string;
}

/** The script of this text. */
export function script(text: string): Script {
  return { text, digest: createHash("sha1").update(text).digest("hex") };
}

/**
 * Lua: `announce(key, list)` tells those who wait of changes, each a letter and a hash. It comes last in a script and may
 * fail in silence (memory full, no right to publish): a change is a hint, what it is about has been done.
 */
export const ANNOUNCE = `
local function announce(key, list)
  if #list == 0 then return end
  redis.pcall('XADD', key, 'MAXLEN', '~', '1000', '*', 'c', table.concat(list))
  redis.pcall('PUBLISH', key, '')
end
`;

/**
 * Lua: `let_go(first, count)` lets parts of a large result expire in a minute, should nobody free them before. Memory of
 * hundreds of megabytes takes the server longer to free than it may stand still, so no two of them go at once. It ends at
 * the first part that is missing: what is said of their number may be wrong.
 */
export const LET_GO = `
local function let_go(first, count)
  for i = 0, count - 1 do
    if redis.call('PEXPIRE', first .. i, 60000 + 200 * i) == 0 then return end
  end
end
`;

/**
 * Lua: `let_parts_go(prefix, value)` does so with the parts that are named in what is kept, and tells whether it names some.
 * As in `stored_value.ts`, a number of parts that the length cannot hold names none.
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
