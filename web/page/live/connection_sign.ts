/**
 * Says whether the page is up to date.
 *
 * @module
 */
import { h, setText } from "../dom.ts";
import type { Connection } from "./server.ts";

const TEXTS: Readonly<Record<Connection, string>> = {
  live: "Live",
  lost: "Connection lost; trying again",
  refused: "The server was started anew or ended: open the address that it prints",
};

/** Returns the sign. */
export function connectionSign(): { readonly element: HTMLElement; show(connection: Connection): void } {
  const text = h("span", {}, "Connecting");
  const element = h(
    "p",
    { class: "connection", role: "status" },
    h("span", { class: "dot", "aria-hidden": "true" }),
    text,
  );
  return {
    element,
    show(connection) {
      element.dataset["connection"] = connection;
      setText(text, TEXTS[connection]);
    },
  };
}
