/**
 * The command line's door.
 *
 * ```sh
 * deno run -A cli.ts execute primes.ts
 * ```
 *
 * This file alone makes do without type annotations: where a web server does not say that .ts files are TypeScript, it is
 * taken for JavaScript, and can still tell the user.
 *
 * @module
 */
import.meta.main && await run();

/** Runs the command line of this process. Servers, timers and promises that a jugfile left behind do not keep it. */
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
    console.error("  Let it call them text/typescript or text/plain, and run again with --reload");
    Deno.exit(1);
  }
}
