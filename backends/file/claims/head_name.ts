/**
 * The names of heads: `PARTITION.SEQUENCE.STATE`. heads.ts explains what they are for.
 *
 * @module
 */

/** The head of a partition, and its state. */
export interface Head {
  readonly partition: number;
  /** Increases with each change. */
  readonly sequence: number;
  /** The name of the file that has the state. */
  readonly stateName: string;
}

/** The name of the state of a partition that was never changed. */
export const FIRST_STATE = "none";
const NAME = /^([0-9a-f]{2})\.(\d{1,16})\.([0-9A-Za-z][0-9A-Za-z.-]{0,119})$/;

/** Parses the file name of a head; returns `undefined` if it is none. */
export function parseHeadName(name: string): Head | undefined {
  const [, partition = "", sequence = "", stateName = ""] = NAME.exec(name) ?? [];
  if (stateName === "") return undefined;
  return { partition: Number.parseInt(partition, 16), sequence: Number(sequence), stateName };
}

/** Returns the file name of a head. */
export function headFileName({ partition, sequence, stateName }: Head): string {
  return `${partition.toString(16).padStart(2, "0")}.${sequence}.${stateName}`;
}

/**
 * Returns the names of new heads. Their numbers begin with the time in milliseconds since 1970: if heads are created
 * again after they were lost, each number must be larger than those of all claims before.
 */
export function firstHeadNames(partitions: number, date: number): string[] {
  return Array.from(
    { length: partitions },
    (_, partition) => headFileName({ partition, sequence: date, stateName: FIRST_STATE }),
  );
}
