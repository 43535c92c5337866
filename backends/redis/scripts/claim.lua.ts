import { script } from "../script.ts";

/**
 * Locks tasks that have no result and no lock of a live owner.
 *
 * Keys: results, locks, the claimant's owner key.
 * Arguments: the prefix of owner keys, the claimant's owner id, its lease in ms, then hash and token of each lock.
 * Reply: for each lock "finished", "claimed", "stolen", or "held " and the token of the existing lock.
 */
export const CLAIM = script(`
local results, locks, own = KEYS[1], KEYS[2], KEYS[3]
local owners, id = ARGV[1], ARGV[2]
-- A process whose lease expired while it slept, or whose server came back empty, is alive again once it claims.
if redis.call('EXISTS', own) == 0 then redis.call('SET', own, '1', 'PX', ARGV[3]) end
local alive, answer = {}, {}
for i = 4, #ARGV, 2 do
  local hash, token = ARGV[i], ARGV[i + 1]
  local outcome
  if redis.call('HEXISTS', results, hash) == 1 then
    outcome = 'finished'
  else
    local held = redis.call('HGET', locks, hash)
    if not held then
      outcome = 'claimed'
    elseif held == token then
      -- This claim was sent before, and its reply was lost.
      outcome = 'claimed'
    else
      local holder = string.match(held, '^[^.]*')
      if alive[holder] == nil then
        alive[holder] = holder == id or redis.call('EXISTS', owners .. holder) == 1
      end
      outcome = alive[holder] and 'held ' .. held or 'stolen'
    end
    if outcome == 'claimed' or outcome == 'stolen' then redis.call('HSET', locks, hash, token) end
  end
  answer[#answer + 1] = outcome
end
return answer
`);
