import { script } from "../script.ts";

/**
 * Checks which tasks have a result.
 *
 * Keys: results.
 * Arguments: hashes.
 * Reply: a string with one digit per hash, 1 or 0.
 */
export const HAS = script(`
local answer = {}
for i, hash in ipairs(ARGV) do answer[i] = redis.call('HEXISTS', KEYS[1], hash) end
return table.concat(answer)
`);
