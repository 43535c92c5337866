/**
 * Determines what a run needs, including what options of `jug execute` or processes of another subcommand add.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import type { ExecuteOptions } from "../run/execute_options.ts";
import type { IsolateOptions } from "../run/isolate_options.ts";
import { flagsFor, type Need } from "../deno_flags/need.ts";
import { hasFolders, provableValues, type RunPlace } from "../deno_flags/provable.ts";

/** Everything that a run needs. */
export interface RunNeeds {
  readonly needs: readonly Need[];
  /** The `--pass-on` with which fewer permissions suffice; `undefined` if there is none, or it cannot be written. */
  readonly passOn: string | undefined;
}

/**
 * Returns what `jug execute` needs with these options. `own`: what jug itself needs without options. `seen`: what the
 * jugfile asked for.
 */
export function executeNeeds(
  { isolate, inspectPort, check }: Pick<ExecuteOptions, "isolate" | "inspectPort" | "check">,
  own: readonly Need[],
  seen: readonly Need[],
  place: RunPlace,
): RunNeeds {
  if (isolate !== undefined) return isolatedNeeds(isolate, own, seen, place);
  const checking: Need[] = check ? [{ kind: "run", value: Deno.execPath() }] : [];
  return { needs: [...own, ...seen, ...debuggerNeeds(inspectPort), ...checking], passOn: undefined };
}

function debuggerNeeds(port: number | undefined): Need[] {
  if (port === undefined) return [];
  return [{ kind: "sys", value: "inspector" }, { kind: "net", value: `127.0.0.1:${port}` }];
}

/** Like `executeNeeds`, for a run that starts processes. They get `passOn` in addition to what jug finds. */
export function isolatedNeeds(
  { passOn }: Pick<IsolateOptions, "passOn">,
  own: readonly Need[],
  seen: readonly Need[],
  place: RunPlace,
): RunNeeds {
  // The path of a compiled program is unknown when it is compiled, so it needs permission to run any program. Its
  // processes have the same permissions as the program.
  if (Deno.build.standalone) return { needs: [...own, ...seen, { kind: "run", value: undefined }], passOn: undefined };
  const passable = seen.map((need) => ({ need, wide: widened(need, [...own, ...passOn], place) }));
  const narrow = passable.flatMap(({ need, wide }) => wide === need ? [] : [need]);
  const needs = [...own, ...passOn, ...passable.map(({ wide }) => wide)];
  return { needs: [...needs, { kind: "run", value: Deno.execPath() }], passOn: passOnText(narrow) };
}

/**
 * Returns the smallest permission that covers `need` and that jug can pass on to processes: the need itself, a folder
 * around it that jug checks, or all of the kind.
 */
function widened(need: Need, known: readonly Need[], place: RunPlace): Need {
  const { kind, value } = need;
  if (value === undefined) return need;
  const provable = provableValues(kind, known, place);
  if (!hasFolders(kind)) return provable.includes(value) ? need : { kind, value: undefined };
  const places = new Set(provable.map((path) => resolve(path)));
  for (let path = resolve(value);; path = dirname(path)) {
    if (places.has(path)) return path === resolve(value) ? need : { kind, value: path };
    if (dirname(path) === path) return { kind, value: undefined };
  }
}

/** Formats needs for `--pass-on`, which has no quoting; `undefined` if there are none, or if one needs quotes. */
function passOnText(needs: readonly Need[]): string | undefined {
  const words = flagsFor(needs, Deno.cwd()).map((flag) => flag.replace("--allow-", ""));
  return words.length === 0 || words.some((word) => /["'\s]/.test(word)) ? undefined : words.join(" ");
}
