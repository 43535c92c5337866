/**
 * Finds results that were made by other code than would make them now: the function's own, or code that it imports.
 *
 * @module
 */
import type { Backend, CodeEntry } from "../../backends/backend.ts";
import { keepsCodes, loadTexts } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { readCodes } from "../results/changed_code.ts";
import { type Code, sourcesOf, textsOf } from "../results/code_table.ts";
import { readHeads } from "../results/result_heads.ts";
import type { SourceReader } from "../sources/source_reader.ts";
import { isLocal, readModules, sourceId, type StoredModules, type Target } from "../sources/stored_sources.ts";
import { type CodeVersion, compareCode, type Verdict } from "./code/compare_code.ts";
import { Parsing, SourceTree } from "./code/source_tree.ts";
import { listRuns } from "./runs.ts";

/** The results of one function that one version of the code made. */
export interface CodeState {
  /** The name of the function's tasks. */
  readonly name: string;
  /** How many results. */
  readonly count: number;
  /** The ids of the entries of the code. Versions with the same verdict are one. */
  readonly codes: ReadonlySet<string | undefined>;
  readonly verdict: Verdict;
}

/** What to look at. */
export interface StaleRequest {
  readonly backend: Backend;
  readonly tasks: ReadonlyMap<Hash, DeclaredTask>;
  /** Reads the modules that the tasks were loaded with now. */
  readonly reader: SourceReader;
}

/** The order in which the states of one function are listed. */
const ORDER: readonly Verdict["state"][] = ["stale", "unknown", "current"];

/** Returns the state of all results of these tasks, in the order in which their functions were first used. */
export async function findCodeStates(request: StaleRequest): Promise<readonly CodeState[]> {
  const { backend, tasks, reader } = request;
  const counts = new Map<string, Map<string | undefined, number>>();
  const examples = new Map<string, DeclaredTask>();
  for (const task of tasks.values()) if (!examples.has(task.name)) examples.set(task.name, task);
  await visitResults(request, (task, code) => {
    let ofName = counts.get(task.name);
    if (ofName === undefined) counts.set(task.name, ofName = new Map());
    ofName.set(code, (ofName.get(code) ?? 0) + 1);
  });
  const codes = new Map((await readCodes(backend)).map((code) => [code.id, code]));
  const used = [...counts.values()].flatMap((ofName) => [...ofName.keys()].flatMap((id) => codes.get(id ?? "") ?? []));
  const history = await readHistory(backend, used);
  const parsing = new Parsing();
  const trees = new Map<string, CodeVersion["tree"]>();
  const versionOf = (code: Code): CodeVersion => {
    const key = code.sources ?? JSON.stringify(code.modules);
    const tree = trees.get(key) ?? history.treeOf(code, parsing);
    trees.set(key, tree);
    return { texts: code.texts, modules: code.modules, tree };
  };
  const states: CodeState[] = [];
  for (const [name, task] of examples) {
    const ofName = counts.get(name);
    if (ofName === undefined) continue;
    const now = presentVersion(task, reader, parsing);
    const byVerdict = new Map<string, { count: number; codes: Set<string | undefined>; verdict: Verdict }>();
    for (const [id, count] of ofName) {
      const code = id === undefined ? undefined : codes.get(id);
      const verdict = typeof now === "string"
        ? unknown(now)
        : code === undefined
        ? unknown(id === undefined ? missingCode(backend) : `the jugdir does not have the code ${id.slice(0, 16)}`)
        : compareCode(versionOf(code), now);
      const key = JSON.stringify(verdict);
      const same = byVerdict.get(key);
      if (same === undefined) byVerdict.set(key, { count, codes: new Set([id]), verdict });
      else {
        same.count += count;
        same.codes.add(id);
      }
    }
    const found = [...byVerdict.values()].map((some) => ({ name, ...some }));
    states.push(...found.toSorted((a, b) => ORDER.indexOf(a.verdict.state) - ORDER.indexOf(b.verdict.state)));
  }
  return states;
}

/** Returns the tasks whose results were made by code that is stale. */
export async function staleTasks(request: StaleRequest, states: readonly CodeState[]): Promise<Set<Hash>> {
  const stale = new Map<string, Set<string | undefined>>();
  for (const { name, codes, verdict } of states) {
    if (verdict.state === "stale") stale.set(name, new Set([...stale.get(name) ?? [], ...codes]));
  }
  const hashes = new Set<Hash>();
  if (stale.size === 0) return hashes;
  await visitResults(request, (task, code) => {
    if (stale.get(task.name)?.has(code) === true) hashes.add(task.hash);
  });
  return hashes;
}

/** Calls `visit` once for each of these tasks that has a result, with the id of the code that made it, if known. */
async function visitResults(
  { backend, tasks }: StaleRequest,
  visit: (task: DeclaredTask, code: string | undefined) => void,
): Promise<void> {
  const left = await backend.has([...tasks.keys()]);
  for await (const runs of listRuns(backend)) {
    for (const { hash, kind, code } of runs) {
      const task = kind === "result" && left.delete(hash) ? tasks.get(hash) : undefined;
      if (task !== undefined) visit(task, code);
    }
  }
  // The listing omits results that were stored without what it shows.
  const unlisted = [...left];
  for await (const { hash, meta } of readHeads(backend, unlisted)) {
    const task = left.delete(hash) ? tasks.get(hash) : undefined;
    if (task !== undefined) visit(task, meta.code);
  }
  for (const hash of left) {
    const task = tasks.get(hash);
    if (task !== undefined) visit(task, undefined);
  }
}

/** The modules of earlier runs. */
interface History {
  treeOf(code: Code, parsing: Parsing): CodeVersion["tree"];
}

/** Loads all lists of modules that these codes refer to, and their texts. */
async function readHistory(backend: Backend, codes: readonly Code[]): Promise<History> {
  const lists = await loadById(backend, codes.flatMap(({ sources }) => sources ?? []));
  const modules = new Map<string, StoredModules>();
  for (const [id, text] of lists) {
    const found = sourceId(text) === id ? readModules(text) : undefined;
    if (found !== undefined) modules.set(id, found);
  }
  const ids = [...modules.values()].flatMap((list) => [...list.values()].flatMap((module) => textIds(module)));
  const texts = await loadById(backend, ids);
  return {
    treeOf(code, parsing) {
      const list = code.sources === undefined ? undefined : modules.get(code.sources);
      if (list !== undefined) return new SourceTree(list, texts, parsing);
      if (code.sources !== undefined) return "the jugdir does not have the list of modules that were loaded";
      return code.modules.length === 0
        ? "an older version of jug, which did not record modules, stored the results, or the backend keeps none"
        : unlistedText(code.modules);
    },
  };
}

function textIds(module: object): readonly string[] {
  return "text" in module && typeof module.text === "string" ? [module.text] : [];
}

async function loadById(backend: Backend, ids: readonly string[]): Promise<Map<string, string>> {
  const distinct = [...new Set(ids)];
  const texts = await loadTexts(backend, distinct);
  return new Map(distinct.flatMap((id, i) => {
    const text = texts[i];
    return text === undefined ? [] : [[id, text] as const];
  }));
}

/** Returns the code that would compute `task` now, or why it is unknown. */
function presentVersion(task: DeclaredTask, reader: SourceReader, parsing: Parsing): CodeVersion | string {
  const texts = textsOf(task);
  if (texts === undefined) return "the function has no source: it is native or bound";
  const { modules, list, entries } = sourcesOf(task, reader);
  return { texts, modules, tree: list === undefined ? unlistedText(modules) : presentTree(list, entries, parsing) };
}

function presentTree(list: string, entries: readonly CodeEntry[], parsing: Parsing): SourceTree {
  const texts = new Map(entries.map(({ id, text }) => [id, text]));
  return new SourceTree(readModules(texts.get(list) ?? "") ?? new Map(), texts, parsing);
}

/** Why there is no list of modules. */
function unlistedText(modules: readonly (Target | null)[]): string {
  const elsewhere = modules.find((module) => module !== null && !isLocal(module));
  return elsewhere === undefined || elsewhere === null
    ? "it is not known which module declares it"
    : `its module, ${elsewhere}, is no local file`;
}

function missingCode(backend: Backend): string {
  return keepsCodes(backend)
    ? "the results do not say which code made them"
    : `${backend.address} does not record which code makes a result`;
}

function unknown(reason: string): Verdict {
  return { state: "unknown", reasons: [reason] };
}
