import { ANNOUNCE, script } from "../script.ts";

/**
 * Records failures of tasks that have no result, and releases the locks that they happened under.
 *
 * Keys: results, locks, failures, reports, changes.
 * Arguments: for each failure the hash, the token of the lock, and the bytes.
 * Reply: 1.
 */
export const FAIL = script(`${ANNOUNCE}
local results, locks, failures, reports, changes = unpack(KEYS)
local news = {}
for i = 1, #ARGV, 3 do
  local hash, token = ARGV[i], ARGV[i + 1]
  if redis.call('HEXISTS', results, hash) == 0 then
    redis.call('HSET', failures, hash, token)
    redis.call('HSET', reports, hash, ARGV[i + 2])
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
