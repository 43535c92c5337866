import { script } from "../script.ts";

/**
 * Enters runs of results and failures that an older version stored, unless the jugdir has a newer format by now: then
 * others may have stored newer runs.
 *
 * Keys: format, runs.
 * Arguments: the format, then for each run the hash and the value (empty if nothing is known of it).
 * Reply: 1, or 0 if the format is another one.
 */
export const FILL_RUNS = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[2], ARGV[i])
  else
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
return 1
`);
