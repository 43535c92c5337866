import { script } from "../script.ts";

/**
 * One step of a listing of results. Like HSCAN, but without transferring the values.
 *
 * Keys: results.
 * Arguments: cursor, approximate number.
 * Reply: the next cursor ("0" at the end), then hashes.
 */
export const LIST_RESULTS = script(`
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local answer = { found[1] }
for i = 1, #found[2], 2 do answer[#answer + 1] = found[2][i] end
return answer
`);
