/**
 * `jug graph`: draws what a jugfile's tasks need of each other, and their states.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { GraphFormat, RenderedGraph } from "../../engine/analysis/graph/render.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { flagOption, numberOption, textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { withInspection } from "../cli/with_inspection.ts";
import { writeOutput } from "./output_file.ts";

/** What the command line asks for. */
interface Wish {
  readonly format: GraphFormat;
  /** The file to write; `undefined` for stdout. */
  readonly output: string | undefined;
  readonly isOfTasks: boolean;
  readonly limit: number;
}

/** The formats, with the suffixes of files that mean them. */
const SUFFIXES: Readonly<Record<GraphFormat, readonly string[]>> = {
  svg: ["svg"],
  png: ["png"],
  dot: ["dot", "gv"],
  mermaid: ["mmd", "mermaid"],
  json: ["json"],
};

/** The subcommand. */
export const graph: Command = {
  name: "graph",
  summary: "Draw which functions need results of which others, and the states of their tasks",
  options: [
    { flags: "--format <format>", description: "svg, png, dot, mermaid or json (default: that of --output, or svg)" },
    { flags: "--output <file>", description: "the file to write, as in --output graph.png (default: stdout)" },
    { flags: "--tasks", description: "draw a box for each task, not for each function" },
    { flags: "--limit <n>", description: "the maximum number of boxes (default: 500)" },
  ],
  prepare(values) {
    const output = textOption(values, "output");
    const wish: Wish = {
      format: formatOf(textOption(values, "format"), output),
      output: output === "-" ? undefined : output,
      isOfTasks: flagOption(values, "tasks"),
      limit: numberOption(textOption(values, "limit"), { flag: "--limit", fallback: 500, whole: true, min: 1 }),
    };
    return async (context) => {
      if (wish.format === "png" && wish.output === undefined && context.liveStdout) {
        throw new JugError("usage", "a terminal cannot show a PNG", { remedy: "Give --output graph.png" });
      }
      return await withInspection(context, (inspection) => showGraph(context, inspection, wish));
    };
  },
};

function formatOf(name: string | undefined, output: string | undefined): GraphFormat {
  const formats = Object.keys(SUFFIXES).filter(isFormat);
  if (name !== undefined) {
    const found = formats.find((format) =>
      format === name.toLowerCase() || SUFFIXES[format].includes(name.toLowerCase())
    );
    if (found !== undefined) return found;
    throw new JugError("usage", `option '--format' cannot be ${JSON.stringify(name)}`, {
      remedy: `Give one of ${formats.join(", ")}`,
    });
  }
  if (output === undefined || output === "-") return "svg";
  const suffix = /\.([^./\\]+)$/.exec(output)?.[1]?.toLowerCase();
  const found = formats.find((format) => suffix !== undefined && SUFFIXES[format].includes(suffix));
  if (found !== undefined) return found;
  throw new JugError("usage", `the name ${JSON.stringify(output)} does not say which format is wanted`, {
    remedy: `Give --format, or end the name in ${Object.values(SUFFIXES).flat().map((each) => `.${each}`).join(", ")}`,
  });
}

function isFormat(name: string): name is GraphFormat {
  return Object.hasOwn(SUFFIXES, name);
}

async function showGraph(context: CommandContext, inspection: Inspection, wish: Wish): Promise<Outcome> {
  await requireTasks(context, inspection);
  const [{ foldFunctions, foldTasks }, { renderGraph, requireFewBoxes }, { placeText, summary }, { readProgress }] =
    await Promise.all([
      import("../../engine/analysis/graph/fold.ts"),
      import("../../engine/analysis/graph/render.ts"),
      import("../../engine/analysis/graph/labels.ts"),
      import("../../engine/inspect/task_state.ts"),
    ]);
  const { session, barriers, backend } = inspection;
  if (wish.isOfTasks) requireFewBoxes(session.tasks.size, "tasks", wish.limit);
  const progress = await readProgress(backend, [...session.tasks.values()]);
  const fold = wish.isOfTasks ? foldTasks : foldFunctions;
  const found = fold({ session, progress, barriers });
  const title = placeText({ file: context.jugfile, line: 0 });
  const rendered = await renderGraph(found, { ...wish, title });
  if (wish.output === undefined) print(context, rendered);
  else {
    await writeOutput(wish.output, rendered.content);
    context.say(`${wish.output}: ${summary(found)}`);
  }
  sayWhatIsMissing(context, rendered);
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(notice);
  return { kind: "done" };
}

function print(context: CommandContext, { content }: RenderedGraph): void {
  if (typeof content === "string") context.stdout(content);
  else context.stdoutBytes(content);
}

function sayWhatIsMissing(context: CommandContext, { missing }: RenderedGraph): void {
  const [first] = missing;
  if (first === undefined) return;
  const which = missing.length === 1 ? `the character ${first}` : `${missing.length} characters, such as ${first}`;
  context.say(`the font of PNGs lacks ${which}: use --format svg, which is shown with the fonts of its reader`);
}
