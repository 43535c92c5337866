import { script } from "../script.ts";

/**
 * Removes failures.
 *
 * Keys: failures, reports, runs.
 * Arguments: hashes.
 * Reply: how many existed.
 */
export const REMOVE_FAILURES = script(`
local count = 0
for _, hash in ipairs(ARGV) do
  count = count + redis.call('HDEL', KEYS[1], hash)
  redis.call('HDEL', KEYS[2], hash)
  -- The run may be that of a result.
  local run = redis.pcall('HGET', KEYS[3], hash)
  if type(run) == 'string' and string.sub(run, 1, 1) == 'f' then redis.call('HDEL', KEYS[3], hash) end
end
return count
`);
