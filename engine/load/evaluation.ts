/**
 * Whether the code of a module has begun to run. `import()` tells only of its end, and what comes before may take long: its
 * imports are fetched, read and compiled.
 *
 * The runtime asks for the text of a module when all that it imports is at hand, a moment before it runs the first of them.
 * Where it has no module hooks (before Deno 2.9, and in compiled programs) nobody can tell.
 *
 * @module
 */
import { registerLoadHook } from "./module_hooks.ts";

/** How far a module is; `undefined` where the runtime cannot tell. */
export type HasBegun = boolean | undefined;

/** A watch over one module, which must not have been imported yet. */
export interface EvaluationWatch {
  readonly hasBegun: HasBegun;
  /** Ends the watch. */
  release(): void;
}

/** Watches the module at `url`, and calls `onBegin` when its code, or that of what it imports, is about to run. */
export function watchEvaluation(url: string, onBegin: () => void): EvaluationWatch {
  // The runtime asks by the address as URLs are written.
  const address = URL.parse(url)?.href ?? url;
  let hasBegun = false;
  let hooks = registerLoadHook((asked, context, next) => {
    if (asked === address && !hasBegun) {
      hasBegun = true;
      queueMicrotask(() => {
        release();
        onBegin();
      });
    }
    return next(asked, context);
  });
  if (hooks === undefined) return { hasBegun: undefined, release: () => {} };
  const release = (): void => {
    hooks?.deregister();
    hooks = undefined;
  };
  return {
    get hasBegun() {
      return hasBegun;
    },
    release,
  };
}

/** What a jugfile does that has not settled and stands at no barrier; goes on after its name. */
export function loadingText(hasBegun: HasBegun): string {
  if (hasBegun === undefined) return "is loading its modules, or waits at an await of its own";
  return hasBegun ? "waits at an await of its own" : "is loading its modules";
}
