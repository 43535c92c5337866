import { script } from "../script.ts";

/**
 * Which tasks have a result.
 *
 * Keys: results.
 * Arguments: hashes.
 * Answer: a string of one digit a hash, 1 or 0.
 */
export const HAS = script(`
local answer = {}
for i, hash in ipairs(ARGV) do answer[i] = redis.call('HEXISTS', KEYS[1], hash) end
return table.concat(answer)
`);
