/**
 * The exports of a module that is still stopped at an `await` of its top level.
 *
 * A module's namespace exists before its body runs, but `import()` hands it out only at the end. So the module is made to
 * import itself and to hand out its namespace in its first line. Where the runtime has no module hooks (before Deno 2.9, and
 * in compiled programs) there is none until the module has settled.
 *
 * @module
 */
import { onNamespace } from "../../core/session/session.ts";
import { registerLoadHook } from "./module_hooks.ts";

/** What a module exports as far as it has come. */
export interface ExportsSoFar {
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that the module has not come to yet. */
  readonly behind: readonly string[];
  /** Whether there are no others. Where the runtime cannot tell, all of them are unknown until the module has settled. */
  readonly isKnown: boolean;
}

/** The namespace of a module on its way. */
export interface EarlyNamespace {
  /** `undefined` until the module's own body has begun, and where the runtime cannot tell. */
  readonly exports: object | undefined;
  /** Ends the watch. */
  release(): void;
}

/** Watches for the namespace of the module at `url`, which must not have been imported yet. */
export function watchNamespace(url: string): EarlyNamespace {
  let exports: object | undefined;
  let hooks = registerLoadHook((asked, context, next) => {
    const loaded = next(asked, context);
    const source = asked === url ? textOf(loaded.source) : undefined;
    return source === undefined ? loaded : { ...loaded, source: withOpening(source, url) };
  });
  if (hooks === undefined) return { exports, release: () => {} };
  const release = (): void => {
    hooks?.deregister();
    hooks = undefined;
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

/** Which exports of `namespace` are there already. */
export function exportsSoFar(namespace: object | undefined): ExportsSoFar {
  if (namespace === undefined) return { values: {}, behind: [], isKnown: false };
  const values: Record<string, unknown> = {};
  const behind: string[] = [];
  for (const name of Object.getOwnPropertyNames(namespace)) {
    try {
      values[name] = Reflect.get(namespace, name);
    } catch {
      behind.push(name); // reading a binding before its line has run is a ReferenceError
    }
  }
  return { values, behind, isKnown: true };
}

function textOf(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  return source instanceof Uint8Array ? new TextDecoder().decode(source) : undefined;
}

/** All on the first line, so that no line moves. */
function withOpening(source: string, url: string): string {
  const address = JSON.stringify(url);
  const opening = `import * as jug$self from ${address};` +
    `globalThis[Symbol.for("jug.session.1")]?.namespaces?.get(${address})?.(jug$self);`;
  const afterShebang = source.startsWith("#!") ? source.indexOf("\n") + 1 : 0;
  return source.slice(0, afterShebang) + opening + source.slice(afterShebang);
}
