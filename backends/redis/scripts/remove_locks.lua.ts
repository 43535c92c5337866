import { ANNOUNCE, script } from "../script.ts";

/**
 * Removes locks whoever holds them.
 *
 * Keys: locks, changes.
 * Arguments: hashes.
 * Answer: how many there were.
 */
export const REMOVE_LOCKS = script(`${ANNOUNCE}
local news = {}
for _, hash in ipairs(ARGV) do
  if redis.call('HDEL', KEYS[1], hash) == 1 then news[#news + 1] = 'r' .. hash end
end
announce(KEYS[2], news)
return #news
`);
