import { script } from "../script.ts";

/**
 * One step of a listing of locks. Locks beside results are left out.
 *
 * Keys: locks, results.
 * Arguments: the prefix of owner keys, cursor, approximate number.
 * Reply: the next cursor ("0" at the end), then for each lock the hash, the token, and "alive" or "dead".
 */
export const LIST_LOCKS = script(`
local found = redis.call('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
local alive, answer = {}, { found[1] }
for i = 1, #found[2], 2 do
  local hash, token = found[2][i], found[2][i + 1]
  if redis.call('HEXISTS', KEYS[2], hash) == 0 then
    local owner = string.match(token, '^[^.]*')
    if alive[owner] == nil then alive[owner] = redis.call('EXISTS', ARGV[1] .. owner) == 1 end
    answer[#answer + 1] = hash
    answer[#answer + 1] = token
    answer[#answer + 1] = alive[owner] and 'alive' or 'dead'
  end
end
return answer
`);
