import { ANNOUNCE, LET_GO, script } from "../script.ts";

/**
 * Stores results if there are none yet, removes failures of their tasks, and releases the locks that the results were
 * computed under.
 *
 * Keys: results, locks, failures, reports, runs, durations, changes.
 * Arguments: the number of groups of durations; for each group the field of its number of runs, and the name of the
 * function; then for each result its hash, the token of its lock (or empty), its value, the prefix of the keys of its
 * parts (or empty), the number of its parts, the value for its run (or empty), its group, counted from 1 (or empty),
 * and its duration.
 * Reply: for each result 1 if it was stored, 0 if an existing one was kept, -1 if nothing was done because parts are
 * missing.
 */
export const COMPLETE = script(`${ANNOUNCE}${LET_GO}
local results, locks, failures, reports, runs, durations, changes = unpack(KEYS)
local failed = redis.call('EXISTS', failures) == 1
local groups = tonumber(ARGV[1])
local answer, news, known, unknown = {}, {}, {}, {}
local counts, totals, longest = {}, {}, {}
for i = 2 + 2 * groups, #ARGV, 8 do
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
      if ARGV[i + 5] == '' then
        unknown[#unknown + 1] = hash
      else
        known[#known + 1] = hash
        known[#known + 1] = ARGV[i + 5]
        local group, duration = tonumber(ARGV[i + 6]), tonumber(ARGV[i + 7])
        counts[group] = (counts[group] or 0) + 1
        local name = ARGV[2 * group + 1]
        totals[name] = (totals[name] or 0) + duration
        longest[name] = math.max(longest[name] or 0, duration)
      end
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
-- All that follows is only for listings. It may fail silently, if another program has written to these keys.
if #known > 0 then redis.pcall('HSET', runs, unpack(known)) end
if #unknown > 0 then redis.pcall('HDEL', runs, unpack(unknown)) end
for group = 1, groups do
  local name = ARGV[2 * group + 1]
  if counts[group] then redis.pcall('HINCRBY', durations, ARGV[2 * group], counts[group]) end
  if totals[name] then
    redis.pcall('HINCRBYFLOAT', durations, 'total ' .. name, string.format('%.17g', totals[name]))
    local before = redis.pcall('HGET', durations, 'longest ' .. name)
    if type(before) ~= 'string' or (tonumber(before) or 0) < longest[name] then
      redis.pcall('HSET', durations, 'longest ' .. name, string.format('%.17g', longest[name]))
    end
    totals[name] = nil
  end
end
announce(changes, news)
return answer
`);
