import { script } from "../script.ts";

/**
 * Returns the beginnings of values.
 *
 * Keys: results, or reports.
 * Arguments: the number of bytes, then hashes.
 * Reply: for each hash the length of the value (-1 if there is none), and its first bytes.
 */
export const HEADS = script(`
local answer = {}
for i = 2, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[i])
  answer[#answer + 1] = value and #value or -1
  answer[#answer + 1] = string.sub(value or '', 1, tonumber(ARGV[1]))
end
return answer
`);
