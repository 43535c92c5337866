import { ANNOUNCE, LET_PARTS_GO, script } from "../script.ts";

/**
 * Removes a result if its stored value is unchanged. The caller frees its parts; otherwise they expire in a minute.
 *
 * Keys: results, runs, changes.
 * Arguments: the prefix of the keys of parts, hash, value.
 * Reply: 1 if it was removed, 0 if the value has changed.
 */
export const DISCARD = script(`${ANNOUNCE}${LET_PARTS_GO}
local results, runs, changes = unpack(KEYS)
if redis.call('HGET', results, ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HDEL', results, ARGV[2])
redis.pcall('HDEL', runs, ARGV[2])
let_parts_go(ARGV[1], ARGV[3])
announce(changes, { 'd' .. ARGV[2] })
return 1
`);
