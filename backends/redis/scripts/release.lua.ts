import { ANNOUNCE, script } from "../script.ts";

/**
 * Gives up locks that are still the same.
 *
 * Keys: locks, changes.
 * Arguments: hash and token of each.
 * Answer: for each 1 if it was given up, 0 if it was another.
 */
export const RELEASE = script(`${ANNOUNCE}
local news, answer = {}, {}
for i = 1, #ARGV, 2 do
  local isSame = redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1]
  answer[#answer + 1] = isSame and 1 or 0
  if isSame then
    redis.call('HDEL', KEYS[1], ARGV[i])
    news[#news + 1] = 'r' .. ARGV[i]
  end
end
announce(KEYS[2], news)
return answer
`);
