/**
 * What cannot be measured on this machine.
 *
 * @module
 */

/** Thrown if something cannot be measured here. The message says what is missing. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
