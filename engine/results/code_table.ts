/**
 * Records which code computed a result. The jugdir keeps a small table with the source texts of functions and of the
 * modules that they were loaded with, and each result refers to the entry of its function by its id. None of this is
 * part of a task's hash: changed code is reported, not recomputed.
 *
 * The id is a digest of the entry, so processes need not agree on ids.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { CodeEntry } from "../../backends/backend.ts";
import { isSourceId } from "../../backends/validation.ts";
import type { DeclaredTask, TaskDefinition } from "../../core/session/session.ts";
import type { SourceReader, Sources } from "../sources/source_reader.ts";
import type { Target } from "../sources/stored_sources.ts";

/** The code of the tasks of one name. */
export interface Code {
  readonly id: string;
  readonly name: string;
  /** The source text of each user function that the tasks call; `mapreduce` has several. */
  readonly texts: readonly string[];
  /** The module that gave each of these functions to jug, if known. Empty in entries of older versions of jug. */
  readonly modules: readonly (Target | null)[];
  /** The id of the list of modules that they were loaded with, if known: see engine/sources/stored_sources.ts. */
  readonly sources: string | undefined;
}

const ID_LENGTH = 16;

/**
 * Returns the source texts of the functions that would compute `task` now; `undefined` without source text: native,
 * bound and jug's own functions.
 */
export function textsOf({ definition: { code = [] } }: DeclaredTask): readonly string[] | undefined {
  const texts = code.map((fn) => Function.prototype.toString.call(fn));
  return texts.length === 0 || texts.some((text) => text.endsWith("{ [native code] }")) ? undefined : texts;
}

/** Returns the modules that `task` was loaded with, as `reader` finds them. */
export function sourcesOf({ definition: { code = [] }, session }: DeclaredTask, reader: SourceReader): Sources {
  return reader.of(code.map((fn) => session.modules?.get(fn)));
}

/** Returns the table entry for the code of `task`. */
function entryOf(name: string, texts: readonly string[], sources: Sources | undefined): CodeEntry {
  const text = JSON.stringify({
    name,
    texts,
    ...sources === undefined ? {} : { modules: sources.modules },
    ...sources?.list === undefined ? {} : { sources: sources.list },
  });
  return { id: hash("sha256", text, "hex").slice(0, ID_LENGTH), text };
}

/** Parses a table entry. Returns `undefined` if it is invalid, since other programs may have written it. */
export function readEntry({ id, text }: CodeEntry): Code | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || !("name" in found) || !("texts" in found)) return undefined;
    const { name, texts } = found;
    if (typeof name !== "string" || !isTexts(texts)) return undefined;
    return { id, name, texts, ...placesIn(found) };
  } catch {
    return undefined;
  }
}

/** What an older version of jug does not write. */
function placesIn(entry: object): Pick<Code, "modules" | "sources"> {
  const modules: unknown = "modules" in entry ? entry.modules : undefined;
  const sources: unknown = "sources" in entry ? entry.sources : undefined;
  return {
    modules: Array.isArray(modules) ? modules.map((module) => typeof module === "string" ? module : null) : [],
    sources: typeof sources === "string" && isSourceId(sources) ? sources : undefined,
  };
}

function isTexts(texts: unknown): texts is readonly string[] {
  return Array.isArray(texts) && texts.every((text) => typeof text === "string");
}

/** The code of one worker's functions. The text of each is read once. */
export class CodeBook {
  readonly #reader: SourceReader | undefined;
  readonly #ids = new Map<TaskDefinition, string | undefined>();
  /** Ids of entries that were returned before. */
  readonly #known = new Set<string>();
  #unsaved: CodeEntry[] = [];

  /** @param reader Reads the modules. `undefined`: only the texts of functions are recorded. */
  constructor(reader: SourceReader | undefined) {
    this.#reader = reader;
  }

  /**
   * Returns the id of the code of `task`. The caller must store its entry, which {@linkcode CodeBook.takeUnsaved}
   * returns, before a result refers to it.
   */
  idOf(task: DeclaredTask): string | undefined {
    const { definition } = task;
    if (!this.#ids.has(definition)) this.#ids.set(definition, this.#record(task));
    return this.#ids.get(definition);
  }

  #record(task: DeclaredTask): string | undefined {
    const texts = textsOf(task);
    if (texts === undefined) return undefined;
    const sources = this.#reader === undefined ? undefined : sourcesOf(task, this.#reader);
    const entry = entryOf(task.definition.name, texts, sources);
    // In this order: an entry refers to those before it.
    for (const added of [...sources?.entries ?? [], entry]) {
      if (this.#known.has(added.id)) continue;
      this.#known.add(added.id);
      this.#unsaved.push(added);
    }
    return entry.id;
  }

  /** Returns the entries that are new since the last call. */
  takeUnsaved(): readonly CodeEntry[] {
    const unsaved = this.#unsaved;
    if (unsaved.length > 0) this.#unsaved = [];
    return unsaved;
  }
}
