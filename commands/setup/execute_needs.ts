/**
 * What the options of `jug execute`, or the processes of another subcommand, add to the flags of a run.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import type { ExecuteOptions } from "../run/execute_options.ts";
import type { IsolateOptions } from "../run/isolate_options.ts";
import { flagsFor, type Need } from "../permissions/need.ts";
import { hasFolders, provableValues, type RunPlace } from "../permissions/provable.ts";

/** What a run needs, all in all. */
export interface RunNeeds {
  readonly needs: readonly Need[];
  /** The `--pass-on` with which less would do, where some needs had to be widened. */
  readonly passOn: string | undefined;
}

/** `own` is what jug itself needs without options, `seen` what the jugfile asked for. */
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

/** As `executeNeeds`, where jug starts processes that get `passOn` beside what it finds by itself. */
export function isolatedNeeds(
  { passOn }: Pick<IsolateOptions, "passOn">,
  own: readonly Need[],
  seen: readonly Need[],
  place: RunPlace,
): RunNeeds {
  // Which place a compiled program will have, nobody knows when it is made. Its processes have the permissions it has.
  if (Deno.build.standalone) return { needs: [...own, ...seen, { kind: "run", value: undefined }], passOn: undefined };
  const passable = seen.map((need) => ({ need, wide: widened(need, [...own, ...passOn], place) }));
  const narrow = passable.flatMap(({ need, wide }) => wide === need ? [] : [need]);
  const needs = [...own, ...passOn, ...passable.map(({ wide }) => wide)];
  return { needs: [...needs, { kind: "run", value: Deno.execPath() }], passOn: passOnText(narrow) };
}

/**
 * The least that holds `need` and that `--isolate` passes on: the need itself, a folder around it that it looks for, or all
 * of the kind.
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

/** As `--pass-on` takes it, which knows no way to quote. */
function passOnText(needs: readonly Need[]): string | undefined {
  const words = flagsFor(needs, Deno.cwd()).map((flag) => flag.replace("--allow-", ""));
  return words.length === 0 || words.some((word) => /["'\s]/.test(word)) ? undefined : words.join(" ");
}
