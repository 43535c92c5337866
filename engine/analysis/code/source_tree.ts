/**
 * The modules that a function was loaded with, at one time: parsed when needed, and linked to each other.
 *
 * @module
 */
import { shownTarget } from "../../sources/source_reader.ts";
import { isCodeFile } from "../../sources/specifiers.ts";
import { isLocal, sourceId, type StoredModule, type StoredModules, type Target } from "../../sources/stored_sources.ts";
import { type FoundFunction, ModuleCode } from "./module_code.ts";

/** A module as a comparison sees it. */
export type OpenModule =
  | { readonly kind: "code"; readonly code: ModuleCode }
  /** `content` differs if the data differ */
  | { readonly kind: "data"; readonly content: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** What a name stands for. */
export type Binding =
  /** a declaration in a local module */
  | { readonly kind: "local"; readonly module: Target; readonly name: string }
  /** a whole local module: code or data */
  | { readonly kind: "module"; readonly module: Target }
  /** something of a package, of a module by URL, of the runtime or of jug */
  | { readonly kind: "external"; readonly target: Target; readonly imported: string }
  /** nothing that the module declares: of the runtime */
  | { readonly kind: "global" }
  | { readonly kind: "unknown"; readonly reason: string };

/** A function in a module. */
export interface PlacedFunction extends FoundFunction {
  readonly module: Target;
}

/** Parses each text once, since the modules of many lists are the same. */
export class Parsing {
  readonly #parsed = new Map<string, ModuleCode | undefined>();

  parse(id: string, path: Target, text: string): ModuleCode | undefined {
    const key = `${id} ${/\.[^./]*$/.exec(path)?.[0]}`;
    if (!this.#parsed.has(key)) this.#parsed.set(key, ModuleCode.parse(path, text));
    return this.#parsed.get(key);
  }
}

/** One list of modules with their texts. */
export class SourceTree {
  readonly #modules: StoredModules;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #parsing: Parsing;
  readonly #opened = new Map<Target, OpenModule>();

  constructor(modules: StoredModules, texts: ReadonlyMap<string, string>, parsing: Parsing) {
    this.#modules = modules;
    this.#texts = texts;
    this.#parsing = parsing;
  }

  /** Returns a local module. */
  open(module: Target): OpenModule {
    let opened = this.#opened.get(module);
    if (opened === undefined) {
      opened = this.#open(module);
      this.#opened.set(module, opened);
    }
    return opened;
  }

  #open(module: Target): OpenModule {
    const stored = this.#modules.get(module);
    const shown = shownTarget(module);
    if (stored === undefined) return unknown(`${shown} was not recorded`);
    if ("unread" in stored) return unknown(unreadText(shown, stored.unread));
    if ("digest" in stored) {
      return isCodeFile(module)
        ? unknown(`${shown} is too large, or no text, so only a digest of it is kept`)
        : { kind: "data", content: stored.digest };
    }
    const text = this.#texts.get(stored.text);
    if (text === undefined || sourceId(text) !== stored.text) {
      return unknown(`the text of ${shown} is not in the jugdir`);
    }
    if (!isCodeFile(module)) return { kind: "data", content: dataContent(text) };
    const code = this.#parsing.parse(stored.text, module, text);
    return code === undefined ? unknown(`${shown} cannot be parsed by jug`) : { kind: "code", code };
  }

  /** Returns what a name stands for in a module. */
  resolve(module: Target, name: string): Binding {
    return this.#resolve(module, name, new Set());
  }

  #resolve(module: Target, name: string, seen: Set<string>): Binding {
    const opened = this.open(module);
    if (opened.kind === "unknown") return opened;
    if (opened.kind === "data") return { kind: "module", module };
    if (opened.code.declares(name)) return { kind: "local", module, name };
    const imported = opened.code.imports.get(name);
    return imported === undefined
      ? { kind: "global" }
      : this.#follow(module, imported.specifier, imported.imported, seen);
  }

  /** Returns what `imported` stands for in what `module` imports as `specifier`. `*` is the module itself. */
  follow(module: Target, specifier: string, imported = "*"): Binding {
    return this.#follow(module, specifier, imported, new Set());
  }

  #follow(module: Target, specifier: string, imported: string, seen: Set<string>): Binding {
    const target = importsOf(this.#modules.get(module)).get(specifier);
    if (target === undefined) return unknown(`what ${shownTarget(module)} imports as ${specifier} was not recorded`);
    if (target.startsWith("?")) return unknown(unresolvedText(target.slice(1), module));
    if (!isLocal(target)) return { kind: "external", target, imported };
    const opened = this.open(target);
    if (opened.kind === "unknown") return opened;
    if (imported === "*" || opened.kind === "data") return { kind: "module", module: target };
    return this.#exported(target, opened.code, imported, seen) ??
      unknown(`${shownTarget(target)} has no export ${imported}`);
  }

  /** Returns what a module exports by this name. */
  exported(module: Target, name: string): Binding {
    const opened = this.open(module);
    if (opened.kind !== "code") return opened.kind === "data" ? { kind: "module", module } : opened;
    return this.#exported(module, opened.code, name, new Set()) ??
      unknown(`${shownTarget(module)} has no export ${name}`);
  }

  #exported(module: Target, code: ModuleCode, name: string, seen: Set<string>): Binding | undefined {
    const key = `${module} ${name}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const found = code.exports.get(name);
    if (found !== undefined) {
      return "local" in found
        ? this.#resolve(module, found.local, seen)
        : this.#follow(module, found.specifier, found.imported, seen);
    }
    if (name === "default") return undefined;
    let elsewhere: Binding | undefined;
    for (const specifier of code.stars) {
      const star = this.#follow(module, specifier, "*", seen);
      if (star.kind !== "module") {
        elsewhere ??= star.kind === "external" ? { ...star, imported: name } : star;
        continue;
      }
      const opened = this.open(star.module);
      const through = opened.kind === "code" ? this.#exported(star.module, opened.code, name, seen) : undefined;
      if (through !== undefined) return through;
    }
    return elsewhere;
  }

  /** Finds a function by its text: in `module`, or else in what that imports, nearest modules first. */
  findFunction(module: Target, text: string): PlacedFunction | undefined {
    const pending = new Set([module]);
    for (const next of pending) {
      const opened = isLocal(next) ? this.open(next) : undefined;
      if (opened?.kind !== "code") continue;
      const found = opened.code.findFunction(text);
      if (found !== undefined) return { ...found, module: next };
      for (const target of importsOf(this.#modules.get(next)).values()) pending.add(target);
    }
    return undefined;
  }
}

function unknown(reason: string): { readonly kind: "unknown"; readonly reason: string } {
  return { kind: "unknown", reason };
}

function importsOf(stored: StoredModule | undefined): ReadonlyMap<string, Target> {
  return new Map(stored !== undefined && "imports" in stored ? Object.entries(stored.imports) : []);
}

function unreadText(shown: string, unread: string): string {
  switch (unread) {
    case "permission":
      return `${shown} could not be read without asking for permission`;
    case "missing":
      return `${shown} was not there`;
    case "compiled":
      return `${shown} is compiled into the program`;
    case "changed":
      return `${shown} was changed while it was loaded`;
    case "many":
      return `${shown} is one of too many modules`;
    default:
      return `${shown} could not be read`;
  }
}

function unresolvedText(specifier: string, module: Target): string {
  return /^(npm|jsr):/.test(specifier)
    ? `the version of ${specifier} is not known`
    : `what ${shownTarget(module)} imports as ${specifier} is not known`;
}

/** Formatting does not count in JSON, either. */
function dataContent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
