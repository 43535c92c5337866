import { ANNOUNCE, LET_PARTS_GO, script } from "../script.ts";

/**
 * Removes results. Their parts are left to whoever asked, for a minute.
 *
 * Keys: results, changes.
 * Arguments: what the keys of parts begin with, then hashes.
 * Answer: for each 0 where there was none, 1 where it is removed, or what was kept of it if that names parts.
 */
export const REMOVE = script(`${ANNOUNCE}${LET_PARTS_GO}
local results, changes = KEYS[1], KEYS[2]
local answer, news = {}, {}
for i = 2, #ARGV do
  local hash = ARGV[i]
  local value = redis.call('HGET', results, hash)
  if value then
    redis.call('HDEL', results, hash)
    news[#news + 1] = 'd' .. hash
  end
  answer[#answer + 1] = value and (let_parts_go(ARGV[1], value) and value or 1) or 0
end
announce(changes, news)
return answer
`);
