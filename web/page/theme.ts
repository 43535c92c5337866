/**
 * Light and dark: what the reader's system says, unless the reader chose otherwise.
 *
 * @module
 */
import { DARK, LIGHT, type Theme } from "../data/theme.ts";
import { h, setText } from "./dom.ts";

const KEY = "jug-theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
let isPrinting = false;
const listeners = new Set<() => void>();

/** Whether the page is dark now. Print is always light. */
function isDark(): boolean {
  if (isPrinting) return false;
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? prefersDark.matches : chosen === "dark";
}

/** Returns the colours of what is drawn, rather than styled. */
export function colors(): Theme {
  return isDark() ? DARK : LIGHT;
}

/** Calls `redraw` whenever the colours have changed. */
export function onColors(redraw: () => void): void {
  listeners.add(redraw);
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Returns the switch. It follows the system until it is used. */
export function themeSwitch(): HTMLButtonElement {
  const label = h("span");
  const button = h(
    "button",
    { type: "button", class: "theme" },
    h("span", { class: "theme-sign", "aria-hidden": "true" }),
    label,
  );
  const show = () => setText(label, isDark() ? "Light" : "Dark");
  const choice = remembered();
  if (choice !== undefined) document.documentElement.dataset["theme"] = choice;
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    remember(next);
    show();
    tell();
  });
  prefersDark.addEventListener("change", () => {
    show();
    tell();
  });
  addEventListener("beforeprint", () => {
    isPrinting = true;
    tell();
  });
  addEventListener("afterprint", () => {
    isPrinting = false;
    tell();
  });
  show();
  return button;
}

/** A page that was opened from a disk may have no storage. */
function remembered(): "light" | "dark" | undefined {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : undefined;
  } catch {
    return undefined;
  }
}

function remember(choice: string): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // The choice then lasts as long as the page.
  }
}
