/**
 * Registers synchronous hooks of node:module. They are missing before Deno 2.9, and in compiled programs.
 *
 * @module
 */
import * as nodeModule from "node:module";

/** The result of loading a module. */
export interface LoadedModule {
  readonly source?: unknown;
}

/** Loads the module at `url`, by calling `next` or in another way. */
export type LoadHook = (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => LoadedModule,
) => LoadedModule;

/** Registered hooks. */
export interface ModuleHooks {
  /** Removes the hooks. */
  deregister(): void;
}

type RegisterHooks = (hooks: { readonly load: LoadHook }) => ModuleHooks;

function isRegisterHooks(value: unknown): value is RegisterHooks {
  return typeof value === "function";
}

/** Registers a load hook. Returns `undefined` if the runtime has no hooks. */
export function registerLoadHook(load: LoadHook): ModuleHooks | undefined {
  const registerHooks: unknown = Reflect.get(nodeModule, "registerHooks");
  return isRegisterHooks(registerHooks) ? registerHooks({ load }) : undefined;
}
