import { script } from "../script.ts";

/**
 * Renews the lease of an owner, and thereby all its locks.
 *
 * Keys: the owner's key.
 * Arguments: the lease in ms.
 * Reply: 1.
 */
export const RENEW = script(`
-- PEXPIRE is allowed even if the memory is full, unlike SET.
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 1
`);
