import { ANNOUNCE, script } from "../script.ts";

/**
 * Removes locks, no matter who holds them.
 *
 * Keys: locks, changes.
 * Arguments: hashes.
 * Reply: how many existed.
 */
export const REMOVE_LOCKS = script(`${ANNOUNCE}
local news = {}
for _, hash in ipairs(ARGV) do
  if redis.call('HDEL', KEYS[1], hash) == 1 then news[#news + 1] = 'r' .. hash end
end
announce(KEYS[2], news)
return #news
`);
