/**
 * A web server that serves this checkout.
 *
 * @module
 */
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

/** A running server. */
export interface WebServer extends AsyncDisposable {
  /** `http://127.0.0.1:port/`. */
  readonly address: string;
  /** The paths that were requested. */
  readonly asked: readonly string[];
}

/** How .ts files are served. */
export interface ServeOptions {
  /** The content type of .ts files. */
  readonly contentType: string;
  /** Whether types are removed from them. Default: false. */
  readonly isStripped?: boolean;
}

const root = new URL("../../", import.meta.url);

function stripTypes(source: string): string {
  const strip: unknown = Reflect.get(nodeModule, "stripTypeScriptTypes");
  if (typeof strip !== "function") throw new Error("this Deno cannot take types out of a source");
  return String(strip(source, { mode: "transform" }));
}

/** Serves the checkout on a free port. */
export function serveCheckout({ contentType, isStripped = false }: ServeOptions): WebServer {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    try {
      const text = await Deno.readTextFile(fileURLToPath(new URL(`.${pathname}`, root)));
      const isSource = pathname.endsWith(".ts");
      return new Response(isSource && isStripped ? stripTypes(text) : text, {
        headers: { "content-type": isSource ? contentType : "text/plain" },
      });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}/`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
