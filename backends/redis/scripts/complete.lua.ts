import { ANNOUNCE, LET_GO, script } from "../script.ts";

/**
 * Stores results if there are none yet, removes failures of their tasks, and releases the locks that the results were
 * computed under.
 *
 * Keys: results, locks, failures, reports, changes.
 * Arguments: for each result its hash, the token of its lock (or empty), its value, the prefix of the keys of its parts
 * (or empty), and the number of its parts.
 * Reply: for each result 1 if it was stored, 0 if an existing one was kept, -1 if nothing was done because parts are
 * missing.
 */
export const COMPLETE = script(`${ANNOUNCE}${LET_GO}
local results, locks, failures, reports, changes = unpack(KEYS)
local failed = redis.call('EXISTS', failures) == 1
local answer, news = {}, {}
for i = 1, #ARGV, 5 do
  local hash, token, value, parts, count = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4])
  local outcome = 1
  if redis.call('HEXISTS', results, hash) == 1 then
    outcome = 0
    -- If this completion was sent before and its reply was lost, it must not free its own parts.
    if count > 0 and redis.call('HGET', results, hash) ~= value then let_go(parts, count) end
  else
    for part = 0, count - 1 do
      if redis.call('EXISTS', parts .. part) == 0 then
        outcome = -1
        break
      end
    end
    if outcome == 1 then
      redis.call('HSET', results, hash, value)
      -- Uncommitted parts expire. These are committed now.
      for part = 0, count - 1 do redis.call('PERSIST', parts .. part) end
      news[#news + 1] = 'f' .. hash
    end
  end
  if outcome >= 0 then
    if failed then
      redis.call('HDEL', failures, hash)
      redis.call('HDEL', reports, hash)
    end
    if token ~= '' and redis.call('HGET', locks, hash) == token then redis.call('HDEL', locks, hash) end
  end
  answer[#answer + 1] = outcome
end
announce(changes, news)
return answer
`);
