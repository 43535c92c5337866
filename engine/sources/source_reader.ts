/**
 * Reads the modules that functions were loaded with. Nothing is parsed, nobody is asked for permission, and nothing that
 * goes wrong stops a run.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import type { CodeEntry } from "../../backends/backend.ts";
import { type LocalFile, readLocalFile } from "./local_file.ts";
import { resolveImport } from "./resolve.ts";
import { isCodeFile, specifiersIn } from "./specifiers.ts";
import { entryOfModules, isLocal, sourceId, type StoredModule, type Target } from "./stored_sources.ts";

/** The sources of the functions of one task name. */
export interface Sources {
  /** The module that gave each function to jug, if known. */
  readonly modules: readonly (Target | null)[];
  /** The id of the list of modules; `undefined` if none of these modules is a local file. */
  readonly list: string | undefined;
  /** The list and the texts. The list comes last, since it refers to the texts. */
  readonly entries: readonly CodeEntry[];
}

/** Options of a {@linkcode SourceReader}. */
export interface SourceReaderOptions {
  /** The URL of the jugfile or script: the keys of local files are relative to its folder. */
  readonly main: string;
  /** When modules began to be loaded, in milliseconds since 1970. */
  readonly since: number;
}

/** A module that was read, or the reason why not. */
interface Read {
  readonly stored: StoredModule;
  readonly text: string | undefined;
  /** The URLs of the local files that it imports. */
  readonly files: readonly string[];
}

/** A list is not longer than this. */
const MOST_MODULES = 2000;

/** Reads modules, each once. */
export class SourceReader {
  readonly #base: string;
  readonly #since: number;
  readonly #read = new Map<string, Read>();
  readonly #lists = new Map<string, Sources>();

  constructor({ main, since }: SourceReaderOptions) {
    this.#base = main.startsWith("file:") ? new URL("./", main).href : "file:///";
    this.#since = since;
  }

  /** Returns the sources of functions, given the modules (URLs or paths) that gave them to jug. */
  of(files: readonly (string | undefined)[]): Sources {
    const urls = files.map((file) => file === undefined ? undefined : urlOf(file));
    const key = JSON.stringify(urls);
    let sources = this.#lists.get(key);
    if (sources === undefined) {
      sources = this.#gather(urls);
      this.#lists.set(key, sources);
    }
    return sources;
  }

  #gather(urls: readonly (string | undefined)[]): Sources {
    const modules = urls.map((url) => url === undefined ? null : this.#keyOf(url));
    const pending = [...new Set(urls)].filter((url) => url !== undefined && url.startsWith("file:"));
    if (pending.length === 0) return { modules, list: undefined, entries: [] };
    const stored = new Map<Target, StoredModule>();
    const texts = new Map<string, CodeEntry>();
    const reached = new Set(pending);
    for (const url of reached) {
      if (url === undefined) continue;
      const key = this.#keyOf(url);
      if (stored.size >= MOST_MODULES) {
        stored.set(key, { unread: "many" });
        continue;
      }
      const module = this.#module(url);
      stored.set(key, module.stored);
      if ("text" in module.stored && module.text !== undefined) {
        texts.set(module.stored.text, { id: module.stored.text, text: module.text });
      }
      for (const file of module.files) reached.add(file);
    }
    const list = entryOfModules(stored);
    return { modules, list: list.id, entries: [...texts.values(), list] };
  }

  #module(url: string): Read {
    let module = this.#read.get(url);
    if (module === undefined) {
      module = this.#open(url, readLocalFile(url, this.#since));
      this.#read.set(url, module);
    }
    return module;
  }

  #open(url: string, file: LocalFile): Read {
    if ("unread" in file) return { stored: file, text: undefined, files: [] };
    const { bytes, text } = file;
    const isCode = isCodeFile(url);
    if (text === undefined || !isCode && !url.endsWith(".json")) {
      return { stored: { digest: sourceId(bytes) }, text: undefined, files: [] };
    }
    const files: string[] = [];
    const imports = (isCode ? [...specifiersIn(text)] : []).map((specifier): [string, Target] => {
      const found = resolveImport(specifier, url);
      if ("target" in found) return [specifier, found.target];
      files.push(found.file);
      return [specifier, this.#keyOf(found.file)];
    });
    return { stored: { text: sourceId(text), imports: Object.fromEntries(imports) }, text, files };
  }

  /** Returns the target that stands for a module: relative to the jugfile's folder if it is a local file. */
  #keyOf(url: string): Target {
    return url.startsWith("file:") ? relativeUrl(this.#base, url) : url;
  }
}

function urlOf(file: string): string {
  const url = /^(https?|file|data|blob):/.test(file) ? file : pathToFileURL(file).href;
  return url.replace(/[?#].*$/s, "");
}

/** Returns `url` relative to the folder `base`, as in `../lib/helpers.ts`; the URL itself on another drive or host. */
function relativeUrl(base: string, url: string): string {
  const [from, to] = [base.split("/").slice(0, -1), url.split("/")];
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  const isElsewhere = shared < 3 || shared === 3 && /^[A-Za-z]:$/.test(to[3] ?? "");
  if (isElsewhere) return url;
  const up = from.length - shared;
  return (up === 0 ? "./" : "../".repeat(up)) + to.slice(shared).map(decoded).join("/");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Returns the name of a local module for people: without `./`. */
export function shownTarget(target: Target): string {
  return isLocal(target) ? target.replace(/^\.\//, "") : target;
}
