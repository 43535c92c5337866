/**
 * The folded graph.
 *
 * @module
 */
import { fill, h } from "../dom.ts";
import { type Part, scroller, section } from "../part.ts";

/** The elements that a picture consists of. Anything else is left out. */
const ELEMENTS: ReadonlySet<string> = new Set(["svg", "title", "desc", "g", "rect", "path", "polygon", "text"]);

/** Returns the section. */
export function graphPart(): Part {
  const { element, body } = section(
    "graph",
    "Graph",
    "A box is a function, and an arrow leads to one that needs its results, with the number of dependencies.",
  );
  let shown = "";
  return {
    element,
    uses: ["graph"],
    update({ graph }) {
      switch (graph.kind) {
        case "none":
          shown = "";
          fill(body, h("p", { class: "faint" }, graph.reason));
          return;
        case "svg": {
          if (shown === graph.svg) return;
          shown = graph.svg;
          const { scrollLeft = 0 } = body.firstElementChild ?? {};
          const place = scroller(`Graph: ${graph.summary}`, picture(graph.svg));
          place.classList.add("picture");
          fill(body, place);
          place.scrollLeft = scrollLeft;
        }
      }
    },
  };
}

/** Returns the picture. Its texts are escaped already; this keeps whatever else there might be from the page. */
function picture(text: string): Element {
  const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
  if (documentElement.localName !== "svg") return h("p", {}, "The picture cannot be read.");
  for (const element of [documentElement, ...documentElement.querySelectorAll("*")]) {
    if (!ELEMENTS.has(element.localName)) element.remove();
    for (const { name } of [...element.attributes]) {
      if (/^on|href|^style$/i.test(name)) element.removeAttribute(name);
    }
  }
  return document.importNode(documentElement, true);
}
