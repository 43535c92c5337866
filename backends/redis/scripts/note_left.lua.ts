import { script } from "../script.ts";

/**
 * Notes that a process has left.
 *
 * Keys: processes.
 * Arguments: the owner's id, the value for the process.
 * Reply: 1.
 */
export const NOTE_LEFT = script(`
-- If the memory is full, a script may still remove something, and after that it may write.
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);
