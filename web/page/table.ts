/**
 * Tables whose rows can be sorted by any column, and stay the same elements when the data changes.
 *
 * @module
 */
import { type Child, fill, h, keyedList } from "./dom.ts";
import { scroller } from "./part.ts";

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** What is shown. */
  readonly cell: (row: Row) => Child;
  /** Whether it holds numbers, which are aligned to the right. */
  readonly isNumber?: boolean;
  /** What the rows are sorted by; without it, they cannot be sorted by this column. */
  readonly order?: (row: Row) => number | string;
}

/** A table on the page. */
export interface TablePart<Row> {
  readonly element: HTMLElement;
  update(rows: readonly Row[]): void;
}

interface Sorting {
  readonly column: number;
  readonly isDescending: boolean;
}

/** Returns a new table. Its first column names the row. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  keyOf: (row: Row) => string,
): TablePart<Row> {
  let rows: readonly Row[] = [];
  let sorting: Sorting | undefined;
  const heads = columns.map((column, index) => headOf(column, () => sortBy(index)));
  const body = h("tbody");
  const element = scroller(
    caption,
    h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, ...heads)), body),
  );
  const show = keyedList<Row, HTMLTableRowElement>(body, {
    keyOf,
    create: () => h("tr", {}, ...columns.map(({ isNumber }, i) => cellOf(i, isNumber))),
    update(own, row) {
      for (const [i, { cell }] of columns.entries()) {
        const place = own.cells[i];
        const content = cell(row);
        // An element may have the focus, and is replaced only by one that says something else.
        if (place !== undefined && !isSame(place, content)) fill(place, content);
      }
    },
  });

  function sortBy(column: number): void {
    const isFirst = sorting?.column !== column;
    // Numbers begin with the largest.
    const isNumber = columns[column]?.isNumber === true;
    sorting = { column, isDescending: isFirst ? isNumber : !sorting?.isDescending };
    update(rows);
  }

  function update(next: readonly Row[]): void {
    rows = next;
    for (const [i, head] of heads.entries()) {
      if (sorting?.column === i) head.setAttribute("aria-sort", sorting.isDescending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    show(sorted());
  }

  function sorted(): readonly Row[] {
    const order = sorting === undefined ? undefined : columns[sorting.column]?.order;
    if (sorting === undefined || order === undefined) return rows;
    const sign = sorting.isDescending ? -1 : 1;
    return rows.toSorted((a, b) => sign * compare(order(a), order(b)));
  }

  return { element, update };
}

function headOf<Row>({ title, isNumber, order }: Column<Row>, sort: () => void): HTMLTableCellElement {
  const attributes = { scope: "col", class: isNumber ? "number" : undefined };
  if (order === undefined) return h("th", attributes, title);
  const button = h("button", { type: "button", class: "sort" }, title);
  button.addEventListener("click", sort);
  return h("th", attributes, button);
}

function cellOf(index: number, isNumber: boolean | undefined): HTMLTableCellElement {
  return index === 0 ? h("th", { scope: "row" }) : h("td", { class: isNumber ? "number" : undefined });
}

function isSame(place: Element, content: Child): boolean {
  if (content instanceof Element) {
    return place.childNodes.length === 1 && place.firstElementChild?.isEqualNode(content) === true;
  }
  return place.childElementCount === 0 &&
    place.textContent === (content === null || content === false ? "" : String(content ?? ""));
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en");
}
