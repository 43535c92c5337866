import { script } from "../script.ts";

/**
 * Registers an owner, and enters its process in the table of processes. If there are very many, removes the oldest.
 *
 * Keys: the owner's key, processes.
 * Arguments: the owner's id, the lease in ms, the value for the process, how many processes to keep.
 * Reply: 1.
 */
export const JOIN = script(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
local most = tonumber(ARGV[4])
-- A quarter more, so that this is done by one of a thousand processes.
if redis.call('HLEN', KEYS[2]) > most * 5 / 4 then
  local all, found = redis.call('HGETALL', KEYS[2]), {}
  for i = 1, #all, 2 do
    found[#found + 1] = { all[i], tonumber(string.match(all[i + 1], '"started":(%d+)')) or 0 }
  end
  table.sort(found, function(one, other) return one[2] > other[2] end)
  for i = most + 1, #found do redis.call('HDEL', KEYS[2], found[i][1]) end
end
return 1
`);
