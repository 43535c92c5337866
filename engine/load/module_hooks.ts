/**
 * The synchronous hooks of node:module, where the runtime has them: not before Deno 2.9, and not in compiled programs.
 *
 * @module
 */
import * as nodeModule from "node:module";

/** What loading a module gives. */
export interface LoadedModule {
  readonly source?: unknown;
}

/** Loads the module at `url`, by `next` or in another way. */
export type LoadHook = (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => LoadedModule,
) => LoadedModule;

/** Hooks that are in place. */
export interface ModuleHooks {
  /** Takes them away. */
  deregister(): void;
}

type RegisterHooks = (hooks: { readonly load: LoadHook }) => ModuleHooks;

function isRegisterHooks(value: unknown): value is RegisterHooks {
  return typeof value === "function";
}

/** Puts a hook in place; `undefined` where the runtime has none. */
export function registerLoadHook(load: LoadHook): ModuleHooks | undefined {
  const registerHooks: unknown = Reflect.get(nodeModule, "registerHooks");
  return isRegisterHooks(registerHooks) ? registerHooks({ load }) : undefined;
}
