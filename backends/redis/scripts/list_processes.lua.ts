import { script } from "../script.ts";

/**
 * One step of a listing of processes.
 *
 * Keys: processes.
 * Arguments: the prefix of owner keys, cursor, approximate number.
 * Reply: the next cursor ("0" at the end), then for each process the id, the value, and "alive" or "dead".
 */
export const LIST_PROCESSES = script(`
local found = redis.call('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
local answer = { found[1] }
for i = 1, #found[2], 2 do
  local id = found[2][i]
  answer[#answer + 1] = id
  answer[#answer + 1] = found[2][i + 1]
  answer[#answer + 1] = redis.call('EXISTS', ARGV[1] .. id) == 1 and 'alive' or 'dead'
end
return answer
`);
