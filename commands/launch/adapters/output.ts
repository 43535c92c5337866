/**
 * Checks of what schedulers write.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { Call } from "../job.ts";

/** Returns the lines of a text that are not empty. */
export function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** Returns the error for output that cannot be understood. */
export function unexpected(program: string, text: string): JugError {
  const shown = JSON.stringify(text.slice(0, 200));
  return new JugError("backend", `${program} wrote something that jug does not understand: ${shown}`, {
    remedy: "Please report it, with the version of the scheduler; launch command works with any scheduler",
  });
}

/** A call whose output does not matter. */
export function order(argv: readonly string[], parts: Partial<Call<void>> = {}): Call<void> {
  return { argv, read: () => {}, ...parts };
}

/** Writes seconds as `h:mm:ss`. */
export function clockText(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Returns a property of a value of JSON; `undefined` if there is none. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
