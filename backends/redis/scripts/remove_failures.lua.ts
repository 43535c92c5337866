import { script } from "../script.ts";

/**
 * Removes failures.
 *
 * Keys: failures, reports.
 * Arguments: hashes.
 * Reply: how many existed.
 */
export const REMOVE_FAILURES = script(`
local count = 0
for _, hash in ipairs(ARGV) do
  count = count + redis.call('HDEL', KEYS[1], hash)
  redis.call('HDEL', KEYS[2], hash)
end
return count
`);
