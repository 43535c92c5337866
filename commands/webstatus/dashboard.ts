/**
 * What the dashboard's server answers with: the report, kept up to date, and the tasks of the jugfile.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { ReportProgram } from "../../engine/report/environment.ts";
import { makeReport } from "../../engine/report/make_report.ts";
import type { ReportData } from "../../web/data/report_data.ts";
import type { CommandContext } from "../cli/command.ts";
import type { Inspection } from "../cli/inspection.ts";
import { type Sight, unloadedNotice } from "../cli/jugfile_or_jugdir.ts";
import { tasksOfJugdir, tasksOfJugfile } from "../inspect/task_rows.ts";
import { explainedLines } from "../inspect/why/explained_lines.ts";
import type { AccessRules } from "./access.ts";
import { act } from "./actions.ts";
import { EventHub } from "./event_hub.ts";
import { LiveReport } from "./live_report.ts";
import { livePage } from "./live_page.ts";
import { refused } from "./responses.ts";
import type { Answers } from "./routes.ts";
import { taskDetail } from "./task_detail.ts";
import { TaskListing } from "./task_listing.ts";

/** What a dashboard works with. */
export interface DashboardParts {
  readonly context: CommandContext;
  readonly sight: Sight;
  readonly rules: AccessRules;
  readonly showsArguments: boolean;
  readonly program: ReportProgram;
}

/** A dashboard. */
export interface Dashboard extends AsyncDisposable {
  readonly answers: Answers;
  /** Reports an error of a request, and returns the answer to it. */
  failed(error: unknown): Response;
  /** Ends all connections, and reads no more. */
  close(): Promise<void>;
}

const EVERYTHING = () => true;

/** Opens a dashboard. The caller closes what it looks at afterwards. */
export async function openDashboard(parts: DashboardParts): Promise<Dashboard> {
  const { context, sight, rules, showsArguments, program } = parts;
  const { backend } = sight;
  const inspection = sight.kind === "jugfile" ? sight.inspection : undefined;
  const now = () => context.now().getTime();
  const clock = () => performance.now();
  const stop = new AbortController();

  const make = () =>
    makeReport({
      ...{ backend, showsArguments, program, now },
      jugfile: context.jugfile,
      args: context.args,
      inspection: inspection ?? (sight.kind === "jugdir" ? unloadedNotice(sight.failure) : ""),
    });
  const onError = (error: unknown) => context.say(`the page is not up to date: ${messageOf(error)}`);
  const first = await make();
  // A backend reports each change once, and the inspection listens for those that open barriers.
  const listener = await context.openBackend();
  const live = new LiveReport({
    backend: listener,
    ...{ make, onError, clock },
    onReport(data: ReportData) {
      // The page asks for its tasks again after an update.
      listing.expire();
      hub.send(data);
    },
  });
  const hub = new EventHub(first, clock, (pages) => live.follow(pages > 0));
  const listing = new TaskListing({
    ...{ showsArguments, clock },
    list: async () =>
      (inspection === undefined
        ? await tasksOfJugdir(backend, EVERYTHING, now)
        : await tasksOfJugfile(inspection, inspection.tasks, EVERYTHING, now)).rows,
  });
  const following = followBarriers(inspection, stop.signal, () => live.wake()).catch(onError);

  const explain = async (hash: Hash): Promise<readonly string[]> =>
    inspection === undefined ? [] : await explainedLines(inspection, hash, context);
  const answers: Answers = {
    page: (mayAct) =>
      livePage(hub.data, { token: rules.token ?? null, actionToken: mayAct ? rules.actionToken ?? null : null }),
    events: () => hub.open(),
    tasks: (query) => listing.page(query),
    async task(hash) {
      const row = await listing.find(hash);
      return row && await taskDetail({ backend, inspection, listing, showsArguments, explain }, row);
    },
    async act(action) {
      const answer = await act({ backend, inspection }, action);
      if (!action.isDry) {
        listing.expire();
        live.wake();
      }
      return answer;
    },
  };
  const close = async () => {
    stop.abort();
    hub.close();
    await Promise.all([live.close(), following]);
    await listener.close();
  };
  return {
    answers,
    close,
    failed(error) {
      context.say(`a request failed: ${messageOf(error)}`);
      return refused({ status: 500, error: messageOf(error) });
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Loads the jugfile further whenever a barrier opens. */
async function followBarriers(
  inspection: Inspection | undefined,
  signal: AbortSignal,
  onLoaded: () => void,
): Promise<void> {
  while (inspection?.barrier !== undefined && await inspection.advance(signal)) onLoaded();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
