/**
 * Detects when the code of a module begins to run. `import()` reports only the end, and the steps before that code may
 * take long: the module's imports are fetched, read and compiled.
 *
 * The runtime requests the text of a module when all its imports are available, just before it runs the first of them.
 * If the runtime has no module hooks (before Deno 2.9, and in compiled programs), this is unknown.
 *
 * @module
 */
import { registerLoadHook } from "./module_hooks.ts";

/** Whether a module's code has begun to run; `undefined` if the runtime cannot report it. */
export type HasBegun = boolean | undefined;

/** A watch over one module, which must not have been imported yet. */
export interface EvaluationWatch {
  readonly hasBegun: HasBegun;
  /** Ends the watch. */
  release(): void;
}

/** Watches the module at `url`, and calls `onBegin` when its code, or that of what it imports, is about to run. */
export function watchEvaluation(url: string, onBegin: () => void): EvaluationWatch {
  // The runtime passes the normalized URL to the hook.
  const address = URL.parse(url)?.href ?? url;
  let hasBegun = false;
  let hooks = registerLoadHook((asked, context, next) => {
    const loaded = next(asked, context);
    if (asked === address && !hasBegun) {
      hasBegun = true;
      // At once: while there are hooks, the runtime compiles every module anew, without its code cache.
      release();
      queueMicrotask(onBegin);
    }
    return loaded;
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

/**
 * Returns what a jugfile is doing that has not settled and waits at no barrier. The text follows the jugfile's name.
 */
export function loadingText(hasBegun: HasBegun): string {
  if (hasBegun === undefined) return "is loading its modules, or waits at an await that is not a barrier";
  return hasBegun ? "waits at an await that is not a barrier" : "is loading its modules";
}
