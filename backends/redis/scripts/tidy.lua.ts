import { script } from "../script.ts";

/**
 * One step of tidying: removes locks beside results whose owners are dead. Nobody claims a finished task, and a listing
 * leaves these locks out, so nothing else removes them.
 *
 * Keys: locks, results.
 * Arguments: the prefix of owner keys, cursor, approximate number.
 * Reply: the next cursor ("0" at the end), and how many were removed.
 */
export const TIDY = script(`
local found = redis.call('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
local removed = 0
for i = 1, #found[2], 2 do
  local hash, token = found[2][i], found[2][i + 1]
  if redis.call('HEXISTS', KEYS[2], hash) == 1 then
    local owner = string.match(token, '^[^.]*')
    if redis.call('EXISTS', ARGV[1] .. owner) == 0 then removed = removed + redis.call('HDEL', KEYS[1], hash) end
  end
end
return { found[1], removed }
`);
