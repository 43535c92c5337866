import { ANNOUNCE, script } from "../script.ts";

/**
 * Releases locks that are unchanged.
 *
 * Keys: locks, changes.
 * Arguments: for each lock the hash and the token.
 * Reply: for each lock 1 if it was released, 0 if it was not the same lock any more.
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
