/**
 * Gets the exports of a module that is still waiting at a top-level `await`.
 *
 * A module's namespace exists before its body runs, but `import()` returns it only at the end. So a load hook prepends
 * code to the module that imports the module itself and passes on its namespace. If the runtime has no module hooks
 * (before Deno 2.9, and in compiled programs), the namespace is unavailable until the module has settled.
 *
 * @module
 */
import { onNamespace } from "../../core/session/session.ts";
import { registerLoadHook } from "./module_hooks.ts";

/** The exports of a module that is still running. */
export interface ExportsSoFar {
  /** The exports that have values. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The names of exports whose declarations have not run yet. */
  readonly behind: readonly string[];
  /** Whether the exports are known. Without module hooks, they are unknown until the module has settled. */
  readonly isKnown: boolean;
}

/** The namespace of a module that is being loaded. */
export interface EarlyNamespace {
  /** `undefined` until the module's own body has begun to run, and always if the runtime has no module hooks. */
  readonly exports: object | undefined;
  /** Ends the watch. */
  release(): void;
}

/** Watches for the namespace of the module at `url`, which must not have been imported yet. */
export function watchNamespace(url: string): EarlyNamespace {
  let exports: object | undefined;
  let hooks = registerLoadHook((asked, context, next) => {
    const loaded = next(asked, context);
    if (asked !== url) return loaded;
    // At once: while there are hooks, the runtime compiles every module anew, without its code cache.
    unhook();
    const source = textOf(loaded.source);
    return source === undefined ? loaded : { ...loaded, source: withOpening(source, url) };
  });
  if (hooks === undefined) return { exports, release: () => {} };
  const unhook = (): void => {
    hooks?.deregister();
    hooks = undefined;
  };
  const release = (): void => {
    unhook();
    forget();
  };
  const forget = onNamespace(url, (namespace) => {
    exports = namespace;
    release();
  });
  return {
    get exports() {
      return exports;
    },
    release,
  };
}

/** Returns the exports of `namespace` that have values, and the names of the others. */
export function exportsSoFar(namespace: object | undefined): ExportsSoFar {
  if (namespace === undefined) return { values: {}, behind: [], isKnown: false };
  const values: Record<string, unknown> = {};
  const behind: string[] = [];
  for (const name of Object.getOwnPropertyNames(namespace)) {
    try {
      values[name] = Reflect.get(namespace, name);
    } catch {
      behind.push(name); // reading a binding before its declaration has run throws a ReferenceError
    }
  }
  return { values, behind, isKnown: true };
}

function textOf(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  return source instanceof Uint8Array ? new TextDecoder().decode(source) : undefined;
}

/** Prepends the code to the first line (after a shebang), so that line numbers stay the same. */
function withOpening(source: string, url: string): string {
  const address = JSON.stringify(url);
  const opening = `import * as jug$self from ${address};` +
    `globalThis[Symbol.for("jug.session.1")]?.namespaces?.get(${address})?.(jug$self);`;
  const afterShebang = source.startsWith("#!") ? source.indexOf("\n") + 1 : 0;
  return source.slice(0, afterShebang) + opening + source.slice(afterShebang);
}
