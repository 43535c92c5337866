/**
 * Where and how the tasks were run.
 *
 * @module
 */
import type { ReportProcess } from "../../data/report_data.ts";
import { type Child, fill, h, setText } from "../dom.ts";
import { counted, timeText } from "../format.ts";
import { type Part, section } from "../part.ts";
import { table } from "../table.ts";

/** Returns the section. */
export function environmentPart(): Part {
  const { element, body } = section("environment", "Environment");
  const facts = h("dl", { class: "facts" });
  const processes = table<ReportProcess>("Processes", [
    { title: "Process", cell: ({ host, pid }) => `${host ?? "unknown host"}${pid === null ? "" : `, ${pid}`}` },
    { title: "Started", cell: ({ started }) => timeText(started), order: ({ started }) => started ?? 0 },
    { title: "Ended", cell: (process) => endText(process), order: ({ left }) => left ?? Infinity },
    { title: "Options", cell: ({ options }) => options ?? "–" },
  ], ({ host, pid, started }) => JSON.stringify([host, pid, started]));
  const rest = h("p", { class: "faint" });
  const details = h("details", {}, h("summary", {}, "Processes that worked"), processes.element, rest);
  body.append(facts, details);
  return {
    element,
    uses: ["environment", "jugfile"],
    update({ jugfile, environment }) {
      const { jug, deno, platform, args, jugdir, hosts, processes: known, processesLeftOut } = environment;
      fill(
        facts,
        ...fact("Jugfile", h("code", {}, jugfile.path)),
        ...fact("Arguments", args === null ? "left out" : args.length === 0 ? "none" : h("code", {}, args.join(" "))),
        ...fact("Jugdir", h("code", {}, jugdir)),
        ...fact("Hosts", hosts.length === 0 ? "unknown" : hosts.join(", ")),
        ...fact("Made with", `jug ${jug}, Deno ${deno}, ${platform}`),
      );
      details.hidden = known.length === 0;
      processes.update(known);
      rest.hidden = processesLeftOut === 0;
      setText(rest, `and ${counted(processesLeftOut, "earlier one")}`);
    },
  };
}

function fact(name: string, value: Child): readonly Node[] {
  return [h("dt", {}, name), h("dd", {}, value)];
}

function endText({ state, left }: ReportProcess): string {
  switch (state) {
    case "alive":
      return "is at work";
    case "left":
      return timeText(left);
    case "dead":
      return "died";
    case "unknown":
      return "unknown";
  }
}
