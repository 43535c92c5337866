/**
 * Records which code computed a result. The jugdir keeps a small table with the source texts of functions, and each
 * result refers to an entry by its id. Neither is part of a task's hash: changed code is reported, not recomputed.
 *
 * The id is a digest of the name and the texts, so processes need not agree on ids.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { CodeEntry } from "../../backends/backend.ts";
import type { DeclaredTask, TaskDefinition } from "../../core/session/session.ts";

/** The code of the tasks of one name. */
export interface Code {
  readonly id: string;
  readonly name: string;
  /** The source text of each user function that the tasks call; `mapreduce` has several. */
  readonly texts: readonly string[];
}

const ID_LENGTH = 16;

/**
 * Returns the code that would compute `task` now; `undefined` without source text: native, bound and jug's own
 * functions.
 */
export function codeOf({ definition }: DeclaredTask): Code | undefined {
  const { name, code = [] } = definition;
  const texts = code.map((fn) => Function.prototype.toString.call(fn));
  if (texts.length === 0 || texts.some((text) => text.endsWith("{ [native code] }"))) return undefined;
  return { id: hash("sha256", textOf(name, texts), "hex").slice(0, ID_LENGTH), name, texts };
}

function textOf(name: string, texts: readonly string[]): string {
  return JSON.stringify({ name, texts });
}

/** Returns the table entry that a backend stores for `code`. */
function entryOf({ id, name, texts }: Code): CodeEntry {
  return { id, text: textOf(name, texts) };
}

/** Parses a table entry. Returns `undefined` if it is invalid, since other programs may have written it. */
export function readEntry({ id, text }: CodeEntry): Code | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || !("name" in found) || !("texts" in found)) return undefined;
    const { name, texts } = found;
    return typeof name === "string" && isTexts(texts) ? { id, name, texts } : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(texts: unknown): texts is readonly string[] {
  return Array.isArray(texts) && texts.every((text) => typeof text === "string");
}

/** The code of one worker's functions. The text of each is read once. */
export class CodeBook {
  readonly #codes = new Map<TaskDefinition, Code | undefined>();
  #unsaved: CodeEntry[] = [];

  /**
   * Returns the id of the code of `task`. The caller must store its entry, which {@linkcode CodeBook.takeUnsaved}
   * returns, before a result refers to it.
   */
  idOf(task: DeclaredTask): string | undefined {
    const { definition } = task;
    if (!this.#codes.has(definition)) {
      const code = codeOf(task);
      this.#codes.set(definition, code);
      if (code !== undefined) this.#unsaved.push(entryOf(code));
    }
    return this.#codes.get(definition)?.id;
  }

  /** Returns the entries that are new since the last call. */
  takeUnsaved(): readonly CodeEntry[] {
    const unsaved = this.#unsaved;
    if (unsaved.length > 0) this.#unsaved = [];
    return unsaved;
  }
}
