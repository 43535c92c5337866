/**
 * Text cut to the columns that it may take on a terminal.
 *
 * @module
 */
import truncate from "npm:cli-truncate@5";
import stringWidth from "npm:string-width@8";

/** `text`, or what is left of it with an ellipsis where it was cut: at its end, or in the middle. */
export function cut(text: string, width: number, position: "end" | "middle" = "end"): string {
  for (let room = width; room > 0; room--) {
    const shown = truncate(text, room, { position });
    // Where it would cut through a character of two columns, the library keeps it, and a column too much with it.
    if (stringWidth(shown) <= width) return shown;
  }
  return "";
}
