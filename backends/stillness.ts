/**
 * For how long things were seen unchanged, on the observer's own clock. Nobody's clock but that one is asked.
 *
 * @module
 */

/** After so many of its leases without a heartbeat, what an owner left goes: far later than its locks. */
export const STILL_LEASES = 10;

/** A member looks for what others left each time it has renewed its lease so often: a little less often than every ten leases. */
export const TIDY_EVERY = 32;

/** The memory of one observer. */
export interface Stillness {
  /** Begins a look at everything. What the look before did not ask about is forgotten. */
  newLook(): void;
  /** Forgets everything. */
  forget(): void;
  /**
   * For how long `stamp` was seen at `place`, in milliseconds; 0 at the first sight of it.
   *
   * @param before When the stamp was about to be read, so that no time counts twice
   */
  quietMs(place: string, stamp: string, before: number): number;
}

interface Sight {
  readonly stamp: string;
  readonly since: number;
}

/** An observer without memories. `clock`: a monotonic one, in milliseconds. */
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
