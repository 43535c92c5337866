/**
 * The error for a record that a newer version of jug wrote.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { NewerRecord } from "../../core/value/record.ts";

/**
 * Thrown for a record that this version cannot read and must not remove, since it is valid for the newer jug: its task
 * is finished or failed.
 */
export class NewerRecordError extends JugError {
  /** @param what Names the record, such as "the result 1f0c8d2e". */
  constructor(what: string, address: string, { reason }: NewerRecord) {
    super("backend", `${what} in ${address} was written by a newer jug: ${reason}`, {
      remedy: "Use that version of jug, or another --jugdir; the record was not changed",
    });
  }
}
