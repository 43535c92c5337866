import { script } from "../script.ts";

/**
 * Looks for living owners and, if there are none and a new format is given, sets the format and the sums of durations.
 *
 * Keys: format, durations.
 * Arguments: the old format, the new format (or empty), the prefix of owner keys, the same as a pattern, then fields and
 * values of the sums.
 * Reply: the name of the key of an owner that lives; otherwise 1, or 0 if the format is another one.
 */
export const UPGRADE = script(`
local old, new, owners, pattern = unpack(ARGV, 1, 4)
if redis.call('GET', KEYS[1]) ~= old then return 0 end
local cursor = '0'
repeat
  local found = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000)
  for _, key in ipairs(found[2]) do
    local id = string.sub(key, #owners + 1)
    if string.match(id, '^[%w-]+$') then return key end
  end
  cursor = found[1]
until cursor == '0'
if new == '' then return 1 end
redis.call('SET', KEYS[1], new)
redis.call('DEL', KEYS[2])
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1
`);
