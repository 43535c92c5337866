/**
 * Compares the code that a function can reach with the code that it could reach when it computed a result.
 *
 * Both versions are followed side by side, from the function: the names it uses, what declares them, the names used
 * there, and so on, through imports. So code that is not used does not count, nor does the file that it is in.
 *
 * @module
 */
import { isSameCode } from "../../results/same_code.ts";
import { shownTarget } from "../../sources/source_reader.ts";
import { isLocal, type Target } from "../../sources/stored_sources.ts";
import { type Difference, firstDifference } from "./difference.ts";
import type { Piece } from "./module_code.ts";
import type { References, Use } from "./references.ts";
import type { Binding, SourceTree } from "./source_tree.ts";

/** A difference between what made a result and what is there now. */
export interface CodeChange extends Difference {
  /** `own`: the function's own text; `code`: other code; `data`: a file of data; `import`: what an import leads to */
  readonly kind: "own" | "code" | "data" | "import";
  /** The module of what changed, as a path relative to the jugfile; `undefined` for the function's own text. */
  readonly module: string | undefined;
  /** The name of what changed, if it has one. */
  readonly name: string | undefined;
  /** The modules through which the function reaches it, its own first. */
  readonly through: readonly string[];
}

/** The outcome of a comparison. */
export type Verdict =
  | { readonly state: "current" }
  | { readonly state: "stale"; readonly changes: readonly CodeChange[] }
  | { readonly state: "unknown"; readonly reasons: readonly string[] };

/** One version of the functions of a task name. */
export interface CodeVersion {
  readonly texts: readonly string[];
  /** The module that gave each function to jug, if known. */
  readonly modules: readonly (Target | null)[];
  /** The modules, or why they are unknown. */
  readonly tree: SourceTree | string;
}

/** More changes are not listed. */
const MOST_CHANGES = 5;

/** Compares two versions of the code of one task name. */
export function compareCode(was: CodeVersion, is: CodeVersion): Verdict {
  if (!isSameCode(was.texts, is.texts)) {
    const difference = firstDifference(was.texts.join("\n"), is.texts.join("\n"));
    return {
      state: "stale",
      changes: [{ kind: "own", module: undefined, name: undefined, through: [], ...difference }],
    };
  }
  const trees = [was.tree, is.tree].filter((tree) => typeof tree !== "string");
  const [before, now] = trees;
  if (before === undefined || now === undefined) {
    return { state: "unknown", reasons: [was.tree, is.tree].filter((tree) => typeof tree === "string").slice(0, 1) };
  }
  const walk = new Comparison(before, now);
  for (const [i, text] of is.texts.entries()) {
    walk.compareFunction([was.modules[i] ?? null, is.modules[i] ?? null], [was.texts[i] ?? "", text]);
  }
  return walk.verdict();
}

/** Something in the earlier version, and its counterpart now. */
type Pair<T> = readonly [was: T, is: T];

class Comparison {
  readonly #was: SourceTree;
  readonly #is: SourceTree;
  readonly #changes: CodeChange[] = [];
  readonly #reasons = new Set<string>();
  /** What has been compared, or is being compared. */
  readonly #seen = new Set<string>();
  /** The modules from the function to what is compared. */
  #path: readonly string[] = [];

  constructor(was: SourceTree, is: SourceTree) {
    this.#was = was;
    this.#is = is;
  }

  verdict(): Verdict {
    if (this.#changes.length > 0) return { state: "stale", changes: this.#changes };
    return this.#reasons.size > 0 ? { state: "unknown", reasons: [...this.#reasons] } : { state: "current" };
  }

  compareFunction([before, now]: Pair<Target | null>, [was, is]: Pair<string>): void {
    if (before === null || now === null) return this.#unknown("it is not known which module declares it");
    if (!isLocal(before) || !isLocal(now)) return this.#unknown(`${isLocal(before) ? now : before} is no local file`);
    const [old, found] = [this.#was.findFunction(before, was), this.#is.findFunction(now, is)];
    if (old === undefined) return this.#unknown(this.#absence(this.#was, before));
    if (found === undefined) return this.#unknown(this.#absence(this.#is, now));
    const modules: Pair<Target> = [old.module, found.module];
    this.#within(found.module, () => {
      this.#compareReferences(modules, [old.references, found.references]);
      // A variable of a function around it: that is no name of the module.
      if (old.references.isEnclosed || found.references.isEnclosed) {
        this.#comparePieces(modules, [[old.piece], [found.piece]]);
      }
      this.#compareEffects(modules);
    });
  }

  #absence(tree: SourceTree, module: Target): string {
    const opened = tree.open(module);
    return opened.kind === "unknown" ? opened.reason : `its source was not found in ${shownTarget(module)}`;
  }

  #unknown(reason: string): void {
    this.#reasons.add(reason);
  }

  #change(change: Omit<CodeChange, "through">): void {
    const isKnown = this.#changes.some(({ module, name }) => module === change.module && name === change.name);
    if (isKnown || this.#changes.length >= MOST_CHANGES) return;
    this.#changes.push({ ...change, through: this.#path });
  }

  /** Calls `work` for what is in `module`. */
  #within(module: Target, work: () => void): void {
    const outside = this.#path;
    const shown = shownTarget(module);
    if (outside.at(-1) !== shown) this.#path = [...outside, shown];
    work();
    this.#path = outside;
  }

  #isNew(kind: string, [was, is]: Pair<string>): boolean {
    const key = JSON.stringify([kind, was, is]);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  /** Compares what two equal pieces of code refer to. */
  #compareReferences(modules: Pair<Target>, [was, is]: Pair<References>): void {
    const [before, now] = modules;
    for (const reason of [...was.unseen, ...is.unseen]) this.#unknown(`in ${shownTarget(now)}, ${reason}`);
    for (const [name, use] of is.names) {
      this.#compareUse([this.#was.resolve(before, name), this.#is.resolve(now, name)], name, use);
    }
    for (const specifier of is.modules) {
      this.#compare([this.#was.follow(before, specifier), this.#is.follow(now, specifier)], specifier);
    }
  }

  /** Only the members that are used count, of a module that was imported as a whole. */
  #compareUse(bindings: Pair<Binding>, name: string, use: Use): void {
    const [was, is] = bindings;
    if (use === "whole" || was.kind !== "module" || is.kind !== "module" || this.#isData(bindings)) {
      return this.#compare(bindings, name);
    }
    this.#compareEffects([was.module, is.module]);
    for (const member of use) {
      this.#compare(
        [this.#was.exported(was.module, member), this.#is.exported(is.module, member)],
        `${name}.${member}`,
      );
    }
  }

  #isData([was, is]: Pair<Binding>): boolean {
    return was.kind === "module" && this.#was.open(was.module).kind === "data" ||
      is.kind === "module" && this.#is.open(is.module).kind === "data";
  }

  #compare([was, is]: Pair<Binding>, name: string): void {
    if (was.kind === "unknown") return this.#unknown(was.reason);
    if (is.kind === "unknown") return this.#unknown(is.reason);
    if (was.kind === "local" && is.kind === "local") return this.#compareLocal([was, is]);
    if (was.kind === "module" && is.kind === "module") return this.#compareModules([was.module, is.module]);
    const [before, now] = [bindingText(was), bindingText(is)];
    if (before !== now) this.#change({ kind: "import", module: this.#path.at(-1), name, was: before, is: now });
  }

  #compareLocal([was, is]: Pair<Binding & { kind: "local" }>): void {
    if (!this.#isNew("name", [`${was.module} ${was.name}`, `${is.module} ${is.name}`])) return;
    const modules: Pair<Target> = [was.module, is.module];
    const [old, now] = [this.#was.open(was.module), this.#is.open(is.module)];
    if (old.kind !== "code" || now.kind !== "code") return;
    this.#within(is.module, () => {
      this.#comparePieces(modules, [old.code.piecesOf(was.name), now.code.piecesOf(is.name)], is.name);
      this.#compareEffects(modules);
    });
  }

  /** Compares lists of pieces one by one, then what they refer to. */
  #comparePieces(modules: Pair<Target>, [was, is]: Pair<readonly Piece[]>, name?: string): void {
    const count = Math.max(was.length, is.length);
    for (let i = 0; i < count; i++) {
      const [old, now] = [was[i], is[i]];
      if (old !== undefined && now !== undefined && old.shape === now.shape) {
        this.#compareReferences(modules, [old.references, now.references]);
        continue;
      }
      const difference = firstDifference(old?.text ?? "", now?.text ?? "");
      const declared = now?.names[0] ?? old?.names[0];
      this.#change({ kind: "code", module: this.#path.at(-1), name: shownName(name ?? declared), ...difference });
      return;
    }
  }

  /** Compares everything in two modules: their declarations by name, their statements in order. */
  #compareModules(modules: Pair<Target>): void {
    if (!this.#isNew("module", modules)) return;
    const [was, is] = modules;
    const [old, now] = [this.#was.open(was), this.#is.open(is)];
    this.#within(is, () => {
      if (old.kind === "unknown") return this.#unknown(old.reason);
      if (now.kind === "unknown") return this.#unknown(now.reason);
      if (old.kind === "data" || now.kind === "data") {
        const isSame = old.kind === "data" && now.kind === "data" && old.content === now.content;
        if (isSame) return;
        return this.#change({ kind: "data", module: shownTarget(is), name: undefined, was: undefined, is: undefined });
      }
      this.#comparePieces(modules, [ordered(old.code.pieces), ordered(now.code.pieces)]);
      this.#compareExports(modules);
      this.#compareEffects(modules);
    });
  }

  /** Compares what two modules pass on from others. */
  #compareExports([was, is]: Pair<Target>): void {
    const [old, now] = [this.#was.open(was), this.#is.open(is)];
    if (old.kind !== "code" || now.kind !== "code") return;
    for (const name of new Set([...old.code.exports.keys(), ...now.code.exports.keys()])) {
      const [before, after] = [old.code.exports.get(name), now.code.exports.get(name)];
      if (before === undefined || after === undefined) {
        const [wasText, isText] = [before, after].map((found) => found === undefined ? "no export" : "an export");
        this.#change({ kind: "import", module: shownTarget(is), name, was: wasText, is: isText });
      } else this.#compare([this.#was.exported(was, name), this.#is.exported(is, name)], name);
    }
    this.#compareImports([was, is], [old.code.stars, now.code.stars], "export *");
  }

  /** Compares the modules that two modules import for what these do. */
  #compareEffects(modules: Pair<Target>): void {
    if (!this.#isNew("effects", modules)) return;
    const [old, now] = [this.#was.open(modules[0]), this.#is.open(modules[1])];
    if (old.kind !== "code" || now.kind !== "code") return;
    this.#within(modules[1], () => this.#compareImports(modules, [old.code.effects, now.code.effects], "import"));
  }

  #compareImports([before, now]: Pair<Target>, [was, is]: Pair<readonly string[]>, what: string): void {
    for (let i = 0; i < Math.max(was.length, is.length); i++) {
      const [old, found] = [was[i], is[i]];
      if (old === undefined || found === undefined) {
        const text = (specifier: string | undefined) => specifier === undefined ? "nothing" : `${what} "${specifier}"`;
        this.#change({ kind: "import", module: shownTarget(now), name: what, was: text(old), is: text(found) });
      } else this.#compare([this.#was.follow(before, old), this.#is.follow(now, found)], found);
    }
  }
}

/** Returns the pieces with names, sorted by name, then the others: declarations may be in any order. */
function ordered(pieces: readonly Piece[]): readonly Piece[] {
  const nameOf = ({ names }: Piece) => names[0] ?? "";
  const named = pieces.filter((piece) => piece.names.length > 0);
  return [
    ...named.toSorted((a, b) => nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0),
    ...pieces.filter((piece) => piece.names.length === 0),
  ];
}

function shownName(name: string | undefined): string | undefined {
  return name === "*default*" ? "default" : name;
}

function bindingText(binding: Exclude<Binding, { kind: "unknown" }>): string {
  switch (binding.kind) {
    case "external":
      return binding.imported === "*" || binding.imported === "default"
        ? binding.target
        : `${binding.imported} of ${binding.target}`;
    case "local":
      return `${shownName(binding.name)} of ${shownTarget(binding.module)}`;
    case "module":
      return shownTarget(binding.module);
    case "global":
      return "a global";
  }
}
