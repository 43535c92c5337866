/**
 * Makes elements. Texts become text nodes, so nothing in them is ever markup.
 *
 * @module
 */

/** What an element may contain. */
export type Child = Node | string | number | null | undefined | false;

/** The attributes of an element. Those that are `undefined`, `null` or `false` are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Returns a new element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** Returns a new element of SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Sets the text of an element, unless it is that already: a selection or a reader in it is not disturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces the content of an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** How the elements of a list are made and kept up to date. */
export interface KeyedList<Item, Own extends Element> {
  readonly keyOf: (item: Item) => string;
  readonly create: (item: Item) => Own;
  readonly update: (element: Own, item: Item) => void;
}

/**
 * Keeps the children of an element in step with a list. An element stays the same as long as its key is in the list, so
 * it keeps focus, selection, and whether it is open.
 *
 * @returns A function that takes the next list.
 */
export function keyedList<Item, Own extends Element>(
  parent: Element,
  { keyOf, create, update }: KeyedList<Item, Own>,
): (items: readonly Item[]) => void {
  let known = new Map<string, Own>();
  return (items) => {
    const next = new Map<string, Own>();
    for (const item of items) {
      const key = keyOf(item);
      const own = known.get(key) ?? create(item);
      update(own, item);
      next.set(key, own);
    }
    for (const [key, own] of known) if (!next.has(key)) own.remove();
    let at = parent.firstElementChild;
    for (const own of next.values()) {
      if (own === at) at = at.nextElementSibling;
      // Moving an element would take the focus from it, so those in their places stay.
      else parent.insertBefore(own, at);
    }
    known = next;
  };
}
