/**
 * Numbers and times as text.
 *
 * @module
 */

const COUNT = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** Returns `12,345`. */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** Returns `12.3K`. */
export function compactText(count: number): string {
  return COMPACT.format(count);
}

/** Returns `1 task`, `2 tasks`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns a share as `12 %`. What is neither none nor all does not look like it. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(100 * share)} %`;
}

/** Returns `512 bytes`, `4.2 kB`, `1.3 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  const unit = UNITS.findLast((each) => bytes >= each.bytes) ?? UNITS[0];
  return `${Number((bytes / unit.bytes).toPrecision(3))} ${unit.name}`;
}

const UNITS = [{ name: "kB", bytes: 1e3 }, { name: "MB", bytes: 1e6 }, { name: "GB", bytes: 1e9 }] as const;

/** Units of time in milliseconds, each with the next smaller one. */
const LONG = [
  { unit: "d", ms: 86_400_000, next: "h", nextMs: 3_600_000 },
  { unit: "h", ms: 3_600_000, next: "min", nextMs: 60_000 },
  { unit: "min", ms: 60_000, next: "s", nextMs: 1000 },
] as const;

/** Returns a duration with about three digits: `4.2 ms`, `48.7 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return ms === 0 ? "0 ms" : ms < 0.01 ? "< 0.01 ms" : `${Number(ms.toPrecision(3))} ms`;
  // What is rounded up to a minute is shown as one.
  if (ms < 59_950) return `${Number((ms / 1000).toPrecision(3))} s`;
  const long = LONG.find((each) => ms >= each.ms - each.nextMs / 2) ?? LONG[2];
  const parts = Math.round(ms / long.nextMs);
  const per = long.ms / long.nextMs;
  const [whole, rest] = [Math.floor(parts / per), parts % per];
  return rest === 0 ? `${whole} ${long.unit}` : `${whole} ${long.unit} ${rest} ${long.next}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Returns the reader's date and time, `2026-11-30 20:07:33`; `–` if it is none. */
export function timeText(time: number | null): string {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return "–";
  return `${dayText(date)} ${clockText(date)}`;
}

/** Returns `2026-11-30`. */
export function dayText(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Returns `20:07:33`. */
export function clockText(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Returns the time as JSON has it, for programs that read the page. */
export function isoText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** Returns the last part of a path or URL. */
export function baseName(path: string): string {
  return path.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) || path;
}
