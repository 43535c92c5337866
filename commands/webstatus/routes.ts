/**
 * Answers the requests of the dashboard's page.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import type { ActionAnswer, TaskDetail, TaskPage, TaskQuery } from "../../web/data/live.ts";
import { type AccessRules, isToken, type Purpose, refusalOf } from "./access.ts";
import { type CheckedAction, readAction } from "./actions.ts";
import { json, type Refusal, refused, respond } from "./responses.ts";
import { readTaskQuery } from "./task_listing.ts";

/** The page, and the policy that lets it run its own script and style only. */
export interface LivePage {
  readonly html: string;
  readonly policy: string;
}

/** What requests are answered with. */
export interface Answers {
  /** @param mayAct Whether the page gets the token for actions. */
  readonly page: (mayAct: boolean) => LivePage;
  readonly events: () => ReadableStream<Uint8Array>;
  readonly tasks: (query: TaskQuery) => Promise<TaskPage>;
  /** `undefined` if there is no such task. */
  readonly task: (hash: Hash) => Promise<TaskDetail | undefined>;
  readonly act: (action: CheckedAction) => Promise<ActionAnswer>;
}

/** The most bytes of the body of a request. */
const LARGEST_BODY = 4096;

type Route = { readonly purpose: Purpose; readonly answer: (request: Request, url: URL) => Promise<Response> };

/** Returns the function that answers requests. */
export function requestHandler(rules: AccessRules, answers: Answers): (request: Request) => Promise<Response> {
  const get = (purpose: Purpose, answer: (url: URL) => Response | Promise<Response>): Route => ({
    purpose,
    async answer({ method }, url) {
      if (method !== "GET" && method !== "HEAD") return refused(wrongMethod("GET, HEAD"));
      const response = await answer(url);
      if (method === "GET") return response;
      await response.body?.cancel();
      return new Response(null, response);
    },
  });

  const page = get("page", (url) => {
    const { actionToken } = rules;
    const { html, policy } = answers.page(
      actionToken !== undefined && isToken(url.searchParams.get("action"), actionToken),
    );
    return respond(html, 200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
  });
  const events = get("data", () => respond(answers.events(), 200, { "content-type": "text/event-stream" }));
  const tasks = get("data", async (url) => {
    const query = readTaskQuery(url.searchParams);
    return typeof query === "string" ? refused({ status: 400, error: `${query}.` }) : json(await answers.tasks(query));
  });
  const task = get("data", async (url) => {
    const hash = url.pathname.slice(TASK.length);
    if (!isHash(hash)) return refused({ status: 400, error: "A task is named by the 40 digits of its hash." });
    const detail = await answers.task(hash);
    return detail === undefined ? refused({ status: 404, error: "There is no such task." }) : json(detail);
  });
  const actions: Route = { purpose: "action", answer: (request) => doAction(request, answers) };

  const routes = new Map([["/", page], ["/events", events], ["/tasks", tasks], ["/actions", actions]]);

  return async (request) => {
    const url = new URL(request.url);
    const route = url.pathname.startsWith(TASK) ? task : routes.get(url.pathname);
    // A request that is refused must not learn which paths there are.
    const refusal = refusalOf(request, url, route?.purpose ?? "data", rules);
    if (refusal !== undefined) return refused(refusal);
    return route === undefined
      ? refused({ status: 404, error: "There is no such page." })
      : await route.answer(request, url);
  };
}

const TASK = "/tasks/";

function wrongMethod(allowed: string): Refusal {
  return { status: 405, error: `Only ${allowed} is possible here.`, headers: { allow: allowed } };
}

async function doAction(request: Request, { act }: Answers): Promise<Response> {
  if (request.method !== "POST") return refused(wrongMethod("POST"));
  if (request.headers.get("content-type")?.split(";")[0]?.trim() !== "application/json") {
    return refused({ status: 415, error: "An action is sent as application/json." });
  }
  const text = await textWithin(request, LARGEST_BODY);
  if (text === undefined) return refused({ status: 413, error: `An action has at most ${LARGEST_BODY} bytes.` });
  const action = readAction(text);
  if (action === undefined) {
    return refused({ status: 400, error: 'An action is {"kind": "invalidate" or "retry", "hash": …, "isDry": …}.' });
  }
  return json(await act(action));
}

/** Reads a body; `undefined` if it is longer than allowed, in which case the rest is not read. */
async function textWithin(request: Request, most: number): Promise<string | undefined> {
  let text = "";
  let length = 0;
  const decoder = new TextDecoder();
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > most) return undefined;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
