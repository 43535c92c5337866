/**
 * Sets properties under any key.
 *
 * @module
 */

/** Sets an own property. An assignment would not: a key `__proto__` would change the prototype. */
export function setOwnProperty(object: object, key: string, value: unknown, enumerable = true): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
