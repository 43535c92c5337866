import { script } from "../script.ts";

/**
 * Renews the lease of an owner, and so all its locks.
 *
 * Keys: the owner's key.
 * Arguments: the lease in ms.
 * Answer: 1.
 */
export const RENEW = script(`
-- Allowed even when memory is full, which SET is not.
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 1
`);
