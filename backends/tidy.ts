/**
 * Tidying, where a backend knows how.
 *
 * @module
 */
import type { Backend } from "./backend.ts";

/** Removes what dead processes left; answers how many things that were: none where the backend has nothing to tidy. */
export async function tidy(backend: Backend): Promise<number> {
  return await backend.tidy?.() ?? 0;
}
