/**
 * The entry point of the command line.
 *
 * ```sh
 * deno run -A cli.ts execute primes.ts
 * ```
 *
 * This file has no type annotations, on purpose. If a web server does not serve .ts files as TypeScript, Deno takes
 * this file for JavaScript; it then still runs, and can report the problem.
 *
 * @module
 */
import.meta.main && await run();

/** Runs the command line and exits, even if the jugfile left servers, timers or promises pending. */
async function run() {
  try {
    const [{ main }, { denoHost }] = await Promise.all([
      import("./commands/main.ts"),
      import("./commands/cli/host.ts"),
    ]);
    Deno.exit(await main(Deno.args, denoHost()));
  } catch (error) {
    const isUnreadable = /SyntaxError|identified a \w+ module/.test(String(error));
    if (!import.meta.url.startsWith("http") || !isUnreadable) throw error;
    console.error(`jug: ${new URL(import.meta.url).host} does not serve .ts files as TypeScript`);
    console.error("  Configure it to serve them as text/typescript or text/plain, and run again with --reload");
    Deno.exit(1);
  }
}
