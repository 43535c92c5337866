import { script } from "../script.ts";

/**
 * One step of a listing of runs. Runs whose result or failure is gone are left out.
 *
 * Keys: runs, results, failures.
 * Arguments: cursor, approximate number.
 * Reply: the next cursor ("0" at the end), then for each run the hash and the value.
 */
export const LIST_RUNS = script(`
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local answer = { found[1] }
for i = 1, #found[2], 2 do
  local hash, value = found[2][i], found[2][i + 1]
  local ended = string.sub(value, 1, 1) == 'f' and KEYS[3] or KEYS[2]
  if redis.call('HEXISTS', ended, hash) == 1 then
    answer[#answer + 1] = hash
    answer[#answer + 1] = value
  end
end
return answer
`);
