/**
 * The name under which a scheduler knows the jobs of a jugdir. It is the only thing by which `jug launch` finds them.
 *
 * @module
 */
import { hash } from "node:crypto";

/** What a name has to look like. */
export const JOB_NAME = /^jug-[0-9a-f]{10}$/;

/**
 * Returns the name of the jobs that work on a jugdir: `jug-` and ten digits, which every scheduler accepts.
 *
 * @param place The absolute address of the jugdir
 * @param className The class of the workers; empty for none
 */
export function jobName(place: string, className = ""): string {
  return `jug-${hash("sha256", `${place}\0${className}`, "hex").slice(0, 10)}`;
}
