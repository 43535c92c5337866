/**
 * Measures how long things stay unchanged. It uses only the observer's own clock.
 *
 * @module
 */

/**
 * After this many leases without a heartbeat, an owner's leftovers are removed. Its locks can be taken much earlier.
 */
export const STILL_LEASES = 10;

/**
 * A member looks for leftovers of others each time it has renewed its lease this often: slightly less often than every
 * ten leases.
 */
export const TIDY_EVERY = 32;

/** What one observer has seen. */
export interface Stillness {
  /** Starts a new round. Places that the previous round did not ask about are forgotten. */
  newLook(): void;
  /** Forgets everything. */
  forget(): void;
  /**
   * Returns how long `stamp` has been seen at `place`, in milliseconds; 0 the first time.
   *
   * @param before The time just before the stamp was read, so that the duration is not overestimated
   */
  quietMs(place: string, stamp: string, before: number): number;
}

interface Sight {
  readonly stamp: string;
  readonly since: number;
}

/** Creates an observer that has seen nothing yet. `clock` is a monotonic clock in milliseconds. */
export function createStillness(clock: () => number): Stillness {
  let earlier = new Map<string, Sight>();
  let now = new Map<string, Sight>();
  return {
    newLook() {
      earlier = now;
      now = new Map();
    },
    forget() {
      earlier = new Map();
      now = new Map();
    },
    quietMs(place, stamp, before) {
      const known = now.get(place) ?? earlier.get(place);
      const isKnown = known?.stamp === stamp;
      now.set(place, isKnown ? known : { stamp, since: clock() });
      return isKnown ? before - known.since : 0;
    },
  };
}
