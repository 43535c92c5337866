/**
 * `jug demo`: creates the primes example.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { textOption } from "../cli/option_values.ts";
import { LIBRARY_OPTION } from "./project_options.ts";

/** A copy of examples/primes.ts, which a published package and a compiled program do not contain. */
export const DEMO_JUGFILE = `/**
 * Which numbers up to a hundred are prime? 99 tasks that sleep a second each, so that there is something to watch.
 *
 * The first argument is another delay in milliseconds: \`jug execute examples/primes.ts 20\`.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const delayMs = Number(args[0] ?? 1000);

const isPrime = TaskGenerator(async function isPrime(n: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false;
  }
  return true;
});

/** One task for each number from 2 to 100. */
export const primes100 = Array.from({ length: 99 }, (_, index) => index + 2).map((n) => isPrime(n));
`;

/** The subcommand. */
export const demo: Command = {
  name: "demo",
  summary: "Create the primes example: 99 tasks of a second each",
  hasJugfile: false,
  operands: [{
    name: "folder",
    description: "where to create it (default: jug-demo)",
    isOptional: true,
    names: "folder",
  }],
  options: [LIBRARY_OPTION],
  prepare(values, [folder = "jug-demo"] = []) {
    const library = textOption(values, "library");
    return async (context) => {
      const { makeProject } = await import("./project.ts");
      const { files, command } = makeProject({ folder, name: "primes", source: DEMO_JUGFILE, library });
      context.stdout(`Created ${files.join(" and ")} in ${folder}; run there: ${command}\n`);
      context.say("Run it in two terminals at once, and look at its status in a third");
      return { kind: "done" };
    };
  },
};
