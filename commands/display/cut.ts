/**
 * Cuts text to a number of terminal columns.
 *
 * @module
 */
import truncate from "npm:cli-truncate@5";
import stringWidth from "npm:string-width@8";

/** Returns `text`, cut to at most `width` columns, with an ellipsis at the end or in the middle if it was cut. */
export function cut(text: string, width: number, position: "end" | "middle" = "end"): string {
  for (let room = width; room > 0; room--) {
    const shown = truncate(text, room, { position });
    // The library keeps a character of two columns whole if the cut is inside it, so the text may be a column too wide.
    if (stringWidth(shown) <= width) return shown;
  }
  return "";
}
