/**
 * A record that a later version of jug wrote.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { NewerRecord } from "../../core/value/record.ts";

/** A record that cannot be read here and is nobody's to remove: its task is finished, or failed, for a newer jug. */
export class NewerRecordError extends JugError {
  /** `what` it is, as in "the result 1f0c8d2e". */
  constructor(what: string, address: string, { reason }: NewerRecord) {
    super("backend", `${what} in ${address} was written by a newer jug: ${reason}`, {
      remedy: "Use that jug here, or another --jugdir; it was left as it is",
    });
  }
}
