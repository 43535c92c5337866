/**
 * What commands that show a computation cost beyond loading the jugfile.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import { oncePerRound, type Round } from "../round.ts";
import { count, type Row } from "../row.ts";

/** What a command may take beyond loading the jugfile, in seconds. */
const SECONDS = 3;
/** The memory that it may need, in MB. */
const MEMORY = 1000;

/** A command, with the words and options that it is given. */
interface Looking {
  readonly name: "count" | "status" | "tasks" | "times" | "why" | "graph" | "report";
  readonly operands?: readonly string[];
  readonly flags?: readonly string[];
}

const COMMANDS: readonly Looking[] = [
  { name: "status" },
  { name: "tasks" },
  { name: "times" },
  { name: "why", operands: ["same", "0"] },
  { name: "graph", flags: ["--format", "svg"] },
  { name: "report" },
];

/** Rows for commands that show `tasks` finished tasks of bench/jugfiles/flat.ts. */
export function lookingRows(tasks: number, jugdirOf: (round: Round) => Promise<string>): readonly Row[] {
  const run = ({ name, operands = [], flags = [] }: Looking) =>
    oncePerRound(async (round) => {
      const command = jugCommand(name, "flat.ts", { args: [tasks], jugdir: await jugdirOf(round), operands, flags });
      return await round.run(command, { watchesMemory: true });
    });
  // It declares all tasks, and looks at no result.
  const loading = run({ name: "count" });
  return COMMANDS.flatMap((command): Row[] => {
    const ran = run(command);
    const named = (what: string) => `file, ${count(tasks)} tasks: ${what}`;
    return [{
      name: named(`\`${command.name}\` beyond loading`),
      unit: "s",
      target: { kind: "beyond", value: SECONDS },
      measure: async (round) => (await ran(round)).seconds,
      yardstick: { name: "`count`", measure: async (round) => (await loading(round)).seconds },
    }, {
      name: named(`memory of \`${command.name}\``),
      unit: "MB",
      target: { kind: "most", value: MEMORY },
      measure: async (round) => (await ran(round)).peakMegabytes,
    }];
  });
}
