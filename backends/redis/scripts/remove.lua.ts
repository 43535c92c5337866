import { ANNOUNCE, LET_PARTS_GO, script } from "../script.ts";

/**
 * Removes results. The caller frees their parts; otherwise they expire in a minute.
 *
 * Keys: results, runs, changes.
 * Arguments: the prefix of the keys of parts, then hashes.
 * Reply: for each hash 0 if there was no result, the stored value if it names parts, otherwise 1.
 */
export const REMOVE = script(`${ANNOUNCE}${LET_PARTS_GO}
local results, runs, changes = unpack(KEYS)
local answer, news = {}, {}
for i = 2, #ARGV do
  local hash = ARGV[i]
  local value = redis.call('HGET', results, hash)
  if value then
    redis.call('HDEL', results, hash)
    redis.pcall('HDEL', runs, hash)
    news[#news + 1] = 'd' .. hash
  end
  answer[#answer + 1] = value and (let_parts_go(ARGV[1], value) and value or 1) or 0
end
announce(changes, news)
return answer
`);
