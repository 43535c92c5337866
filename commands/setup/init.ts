/**
 * `jug init`: creates a folder with a first jugfile.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { textOption } from "../cli/option_values.ts";
import { LIBRARY_OPTION } from "./project_options.ts";

const SOURCE = `import { barrier, TaskGenerator, value } from "jug";

const square = TaskGenerator(function square(n: number): number {
  return n * n;
});

/** Four tasks. Their results are kept: running again runs only what is new. */
export const squares = [1, 2, 3, 4].map(square);

await barrier(); // below this line all of them are finished

export const sum = (await value(squares)).reduce((total, n) => total + n, 0);
`;

/** The subcommand. */
export const init: Command = {
  name: "init",
  summary: "Create a folder with a first jugfile, set up for an editor and deno task",
  hasJugfile: false,
  operands: [{
    name: "folder",
    description: "where to create it (default: the current folder)",
    isOptional: true,
    names: "folder",
  }],
  options: [LIBRARY_OPTION],
  prepare(values, [folder = "."] = []) {
    const library = textOption(values, "library");
    return async (context) => {
      const { makeProject } = await import("./project.ts");
      const { files, command } = makeProject({ folder, name: "jugfile", source: SOURCE, library });
      context.stdout(`Created ${files.join(" and ")} in ${folder}; run there: ${command}\n`);
      return { kind: "done" };
    };
  },
};
