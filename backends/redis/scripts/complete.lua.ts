import { ANNOUNCE, LET_GO, script } from "../script.ts";

/**
 * Stores results where there are none, forgets failures of their tasks, and gives up the locks they were computed under.
 *
 * Keys: results, locks, failures, reports, changes.
 * Arguments: for each result hash, token of its lock (or empty), value, what the keys of its parts begin with (or empty),
 * how many parts it has.
 * Answer: for each 1 stored, 0 kept what was there, -1 nothing was done since parts are missing.
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
    -- The same completion once more, whose first answer was lost, must not free its own parts.
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
      -- Parts that nobody commits expire; these are wanted now.
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
