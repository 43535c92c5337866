import { ANNOUNCE, script } from "../script.ts";

/**
 * Gives up locks that are still the same.
 *
 * Keys: locks, changes.
 * Arguments: hash and token of each.
 * Answer: how many were given up.
 */
export const RELEASE = script(`${ANNOUNCE}
local news = {}
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
    news[#news + 1] = 'r' .. ARGV[i]
  end
end
announce(KEYS[2], news)
return #news
`);
