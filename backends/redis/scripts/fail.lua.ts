import { ANNOUNCE, script } from "../script.ts";

/**
 * Records failures of tasks that have no result, and releases the locks that they happened under.
 *
 * Keys: results, locks, failures, reports, runs, changes.
 * Arguments: for each failure the hash, the token of the lock, the bytes, and the value for its run (or empty).
 * Reply: 1.
 */
export const FAIL = script(`${ANNOUNCE}
local results, locks, failures, reports, runs, changes = unpack(KEYS)
local news = {}
for i = 1, #ARGV, 4 do
  local hash, token, run = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  if redis.call('HEXISTS', results, hash) == 0 then
    redis.call('HSET', failures, hash, token)
    redis.call('HSET', reports, hash, ARGV[i + 2])
    -- Only for listings.
    if run == '' then redis.pcall('HDEL', runs, hash) else redis.pcall('HSET', runs, hash, run) end
    news[#news + 1] = 'x' .. hash
  end
  if redis.call('HGET', locks, hash) == token then
    redis.call('HDEL', locks, hash)
    news[#news + 1] = 'r' .. hash
  end
end
announce(changes, news)
return 1
`);
