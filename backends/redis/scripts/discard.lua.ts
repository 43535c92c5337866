import { ANNOUNCE, LET_PARTS_GO, script } from "../script.ts";

/**
 * Removes one result if what is kept of it is still the same. Its parts are left to whoever asked, for a minute.
 *
 * Keys: results, changes.
 * Arguments: what the keys of parts begin with, hash, value.
 * Answer: 1 removed, 0 it is another by now.
 */
export const DISCARD = script(`${ANNOUNCE}${LET_PARTS_GO}
local results, changes = KEYS[1], KEYS[2]
if redis.call('HGET', results, ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HDEL', results, ARGV[2])
let_parts_go(ARGV[1], ARGV[3])
announce(changes, { 'd' .. ARGV[2] })
return 1
`);
