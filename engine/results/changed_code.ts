/**
 * Finds results that were computed by an earlier version of a function. They are kept, but reported.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { codesOf } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { type Code, readEntry, textsOf } from "./code_table.ts";
import { readHeads } from "./result_heads.ts";

/** How many results of one task name were computed by other code. */
export interface ChangedCode {
  readonly name: string;
  readonly count: number;
}

/** Finds results computed by other code. Reads results only of names for which the jugdir records code that differs. */
export async function findChangedCode(
  backend: Backend,
  tasks: Iterable<DeclaredTask>,
  isFinished: (hash: Hash) => boolean,
): Promise<ChangedCode[]> {
  const known = Map.groupBy(await readCodes(backend), ({ name }) => name);
  if (known.size === 0) return [];
  const found: ChangedCode[] = [];
  for (const [name, named] of Map.groupBy(tasks, (task) => task.name)) {
    const codes = known.get(name);
    const now = named[0] === undefined || codes === undefined ? undefined : textsOf(named[0]);
    if (codes === undefined || now === undefined) continue;
    const others = await otherCodes(now, codes);
    if (others.size === 0) continue;
    const finished = named.map((task) => task.hash).filter(isFinished);
    let count = 0;
    for await (const { meta } of readHeads(backend, finished)) {
      if (meta.code !== undefined && others.has(meta.code)) count++;
    }
    if (count > 0) found.push({ name, count });
  }
  return found;
}

/** Returns whether `id`, the code of a stored result, is the code that `task` has now. */
export async function codeState(
  backend: Backend,
  task: DeclaredTask,
  id: string | undefined,
): Promise<"same" | "changed" | "unknown"> {
  const now = textsOf(task);
  if (now === undefined || id === undefined) return "unknown";
  const then = (await readCodes(backend)).find((code) => code.id === id);
  if (then === undefined) return "unknown";
  return (await otherCodes(now, [then])).size > 0 ? "changed" : "same";
}

/** Reads the entries of all functions. */
export async function readCodes(backend: Backend): Promise<Code[]> {
  return (await codesOf(backend).list()).flatMap((entry) => readEntry(entry) ?? []);
}

/**
 * Returns the ids of the codes with other functions than `now`. What these import is left to `jug stale`, since it takes
 * longer. The parser is loaded only if a text differs.
 */
export async function otherCodes(now: readonly string[], codes: readonly Code[]): Promise<Set<string>> {
  const differing = codes.filter(({ texts }) => !areSame(texts, now));
  if (differing.length === 0) return new Set();
  const { isSameCode } = await import("./same_code.ts");
  const compared = new Map<string, boolean>();
  const others = new Set<string>();
  for (const { id, texts } of differing) {
    const key = JSON.stringify(texts);
    let isSame = compared.get(key);
    if (isSame === undefined) {
      isSame = isSameCode(texts, now);
      compared.set(key, isSame);
    }
    if (!isSame) others.add(id);
  }
  return others;
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, i) => text === other[i]);
}

/**
 * Returns the text that reports such results. In a shared jugdir, another jugfile of the same name may be the cause.
 */
export function changedCodeText({ name, count }: ChangedCode, jugfile: string, isShared: boolean): string {
  const results = count === 1 ? "1 result" : `${count} results`;
  const come = count === 1 ? "comes" : "come";
  const or = isShared ? ", or from another jugfile of the same name" : "";
  const target = name.startsWith("jug.") ? name : name.slice(name.indexOf(".") + 1);
  const command = `jug invalidate ${shellQuote(jugfile)} --target ${shellQuote(target)}`;
  const ways = isShared ? `${command}, raise its version, or use another --jugdir` : `${command}, or raise its version`;
  return `${results} of ${name} ${come} from an earlier version of its code${or}: ${ways}`;
}
