/**
 * `jug report`: writes one HTML file that shows a computation, to be sent to others.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, requireTasks } from "../cli/inspection.ts";
import { type Sight, unloadedNotice, withJugfileOrJugdir } from "../cli/jugfile_or_jugdir.ts";
import { textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { writeOutput } from "./output_file.ts";

const STDOUT = "-";
const CONSEQUENCE = "so the report shows what the jugdir alone knows";

/** The subcommand. */
export const report: Command = {
  name: "report",
  summary: "Write one HTML file with states, times, workers, failures and the graph",
  examples: [
    ["jug report primes.ts --output report.html", "a file to open in a browser, or to send to a colleague"],
    ["jug report primes.ts --no-arguments --output report.html", "the same without the arguments of tasks"],
  ],
  options: [
    {
      flags: "--output <file>",
      description: "the file to write, which is replaced if it exists (default: stdout)",
      value: { kind: "text", names: "file" },
    },
    {
      flags: "--no-arguments",
      description: "leave out the arguments of tasks, and those for the jugfile; messages and outputs stay",
    },
  ],
  prepare(values) {
    const output = textOption(values, "output");
    if (output === "") {
      throw new JugError("usage", "option '--output' is empty", { remedy: "Name the file to write, or - for stdout" });
    }
    const showsArguments = values["arguments"] !== false;
    return async (context) => {
      const isToStdout = output === undefined || output === STDOUT;
      if (isToStdout && context.liveStdout) {
        throw new JugError("usage", "a terminal cannot show a page", { remedy: "Give --output report.html" });
      }
      return await withJugfileOrJugdir(context, async (sight) => {
        const html = await reportHtml(context, sight, showsArguments);
        if (isToStdout) context.stdout(html);
        else {
          await writeOutput(output, html);
          context.say(`wrote ${output}: open it in a browser`);
        }
        const notice = sight.kind === "jugfile"
          ? barrierNotice(sight.inspection)
          : unloadedNotice(sight.failure, CONSEQUENCE);
        if (notice !== undefined) context.say(notice);
        return { kind: "done" } satisfies Outcome;
      });
    };
  },
};

async function reportHtml(context: CommandContext, sight: Sight, showsArguments: boolean): Promise<string> {
  if (sight.kind === "jugfile") await requireTasks(context, sight.inspection);
  const [{ makeReport }, { pageHtml }, { thisProgram }, { placeText }] = await Promise.all([
    import("../../engine/report/make_report.ts"),
    import("./page_html.ts"),
    import("./this_program.ts"),
    import("../../engine/analysis/graph/labels.ts"),
  ]);
  const data = await makeReport({
    backend: sight.backend,
    jugfile: context.jugfile,
    args: context.args,
    inspection: sight.kind === "jugfile" ? sight.inspection : unloadedNotice(sight.failure),
    showsArguments,
    program: thisProgram(),
    now: () => context.now().getTime(),
  });
  const isEmpty = data.axis === null && data.running.list.length === 0 && data.failures.count === 0;
  if (sight.kind === "jugdir" && isEmpty) throw sight.failure;
  return pageHtml({ data, title: `${placeText({ file: context.jugfile, line: 0 })} – jug report` });
}
