/**
 * Addresses of jugdirs as they may be shown.
 *
 * @module
 */
import { schemeOf } from "../scheme.ts";

/** Returns the address with "…" in the place of everything that may be a password, whether or not it is valid. */
export function shownAddress(address: string): string {
  switch (schemeOf(address)) {
    case "redis:":
    case "rediss:":
    case "redis+sentinel:":
    case "rediss+sentinel:":
    case "unix:":
      // A password may contain any sign that should have been escaped, so the last @ counts.
      return address.replace(/^([a-z+]+:\/\/)?.*@/is, "$1…@").replaceAll(/([?&]\w*password=)[^&]*/gi, "$1…");
    case "module:":
      return address.replace(/#.+$/s, "#…");
    default:
      return address;
  }
}
