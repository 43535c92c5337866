/**
 * The text of why a task has no result: what differs from the closest stored one.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import type { Recorded } from "../../../core/value/recorded/form.ts";
import { valueText } from "../../../core/value/recorded/summary.ts";
import { visible } from "../../../core/visible.ts";
import type { Again, Difference } from "../../../engine/analysis/why/answer.ts";
import { callText, dateText, type Line } from "./lines.ts";

/** How many characters of a value are shown. */
const VALUE_WIDTH = 120;
/** How many differences are listed. */
const SHOWN = 10;

/** Returns why a task of this name has no result. */
export function againLines(again: Again, name: string): Line[] {
  const lead = "It has no result";
  const of = visible(name);
  switch (again.kind) {
    case "never":
      return [[1, `${lead}: none of ${of} was ever stored in this jugdir`]];
    case "new": {
      const all = again.others === 1 ? "the stored one belongs" : `all ${again.others} stored ones belong`;
      return [[1, `${lead} yet: of ${of}, ${all} to other tasks of the jugfile`]];
    }
    case "removed":
      return [[
        1,
        again.dependent === undefined
          ? `${lead}: ${again.count === 0 ? "results" : counted(again.count, "result")} of ${of} ${
            again.count === 1 ? "was" : "were"
          } stored and removed (by jug invalidate, jug cleanup, or because of damage)`
          : `${lead} any more: it was removed. ${callText(again.dependent)}, which needs it, is finished`,
      ]];
    case "unrecorded":
      return [[
        1,
        `${lead}. ${counted(again.others, "stored result")} of ${of} ${
          again.others === 1 ? "belongs" : "belong"
        } to no task of the jugfile, but the arguments are not known: an older jug stored ${
          again.others === 1 ? "it" : "them"
        }`,
      ]];
    case "differs": {
      const { from: { hash, finish, worker }, differences, hasSecret, code } = again;
      const former = `${hash.slice(0, 8)} (${dateText(finish)}, ${visible(worker)})`;
      const lines: Line[] = [[
        1,
        `${lead}. The closest of ${counted(again.others, "stored result")}, ${former}, differs:`,
      ]];
      if (differences.length > 0) lines.push(...differenceLines(differences, 2));
      else if (hasSecret) lines.push([2, "a secret argument differs (no other argument does)"]);
      else lines.push([2, "what differs is not recorded: all recorded arguments are the same"]);
      if (code === "changed") {
        lines.push([1, `The code of ${of} has changed as well. That alone does not make another task`]);
      }
      return lines;
    }
  }
}

/** Lists the differences. */
export function differenceLines(differences: readonly Difference[], indent: number): Line[] {
  const groups: { readonly first: Difference; others: number }[] = [];
  for (const difference of differences) {
    const last = groups.at(-1);
    if (last !== undefined && isAlike(last.first, difference)) last.others++;
    else groups.push({ first: difference, others: 0 });
  }
  const lines = groups.slice(0, SHOWN).flatMap(({ first, others }) => differenceText(first, others, indent));
  if (groups.length > SHOWN) lines.push([indent, `and ${groups.length - SHOWN} more differences`]);
  return lines;
}

/** Whether two arguments are other tasks than before, for the same reason. */
function isAlike(a: Difference, b: Difference): boolean {
  return a.kind === "task" && b.kind === "task" && a.name === b.name &&
    JSON.stringify(a.because) === JSON.stringify(b.because);
}

function differenceText(difference: Difference, others: number, indent: number): Line[] {
  switch (difference.kind) {
    case "version": {
      const [was, is] = [difference.was, difference.is].map((version) =>
        version === undefined ? "none" : visible(version)
      );
      return [[indent, `version: was ${was}, is ${is}`]];
    }
    case "value": {
      const { path, was, is } = difference;
      return [[indent, `${visible(path)}: was ${partText(was)}, is ${partText(is)}${otherText(was, is)}`]];
    }
    case "task": {
      const { path, name, was, is, because } = difference;
      const hashes = `was ${was.slice(0, 8)}, is ${is.slice(0, 8)}`;
      const more = others === 0 ? "" : ` and ${others} more`;
      const lead = `${visible(path)}${more}: another task of ${visible(name)} (${hashes})`;
      if (because === undefined) return [[indent, `${lead}; how they differ is not known: its result was removed`]];
      if (because.length === 0) return [[indent, `${lead}; what differs is secret or not recorded`]];
      return [[indent, `${lead}, in which`], ...differenceLines(because, indent + 1)];
    }
  }
}

function partText(value: Recorded | undefined): string {
  return value === undefined ? "absent" : valueText(value, VALUE_WIDTH);
}

/** Says that two values which look the same are not. */
function otherText(was: Recorded | undefined, is: Recorded | undefined): string {
  return was !== undefined && is !== undefined && partText(was) === partText(is) ? " with another content" : "";
}
