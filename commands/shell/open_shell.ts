/**
 * A session that loads a jugfile and evaluates inputs in its context.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { runInSession } from "../../core/session/session.ts";
import { inspectJugfile, type JugfileInspection } from "../../engine/inspect/inspect.ts";
import { SessionResults } from "../../engine/inspect/session_results.ts";
import { statesOf } from "../../engine/inspect/task_state.ts";
import type { CommandContext } from "../cli/command.ts";
import { barrierNotice } from "../cli/inspection.ts";
import type { Outcome } from "../cli/outcome.ts";
import { surviveStrayErrors } from "./stray_errors.ts";
import { Inputs } from "./input/inputs.ts";
import { shellFunctions } from "./functions.ts";
import { Scope } from "./input/scope.ts";
import { show, shownTasks } from "./show.ts";

/** The result of an input. */
export type Answer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** The result of an input, as it is shown. */
export type ShownAnswer =
  /** `text` is missing if the value is `undefined` */
  | { readonly kind: "value"; readonly text?: string }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** What a session needs from outside. */
export type ShellContext = Pick<CommandContext, "jugfile" | "jugdir" | "args" | "say" | "stdout" | "stderr">;

/** Evaluates the inputs of a prompt. */
export interface ShellSession {
  readonly scope: Scope;
  /** Runs one input and awaits its value. */
  evaluate(text: string): Promise<Answer>;
  /** Like `evaluate`, with the value formatted as the prompt shows it. */
  answer(text: string, colors: boolean): Promise<ShownAnswer>;
  /** Returns the message for something that code of an input threw, during the input or later. */
  errorText(thrown: unknown): string;
  /** Evaluates one expression and prints its value, for `--eval`. A string is printed unchanged. */
  evaluateOnce(expression: string): Promise<Outcome>;
  /** Returns the text to show before the first prompt. */
  banner(): Promise<string>;
  close(): Promise<void>;
}

/** Loads the jugfile up to the first unmet barrier and opens a session. */
export async function openShell(context: ShellContext): Promise<ShellSession> {
  const inspection = await inspectJugfile({
    jugfile: context.jugfile,
    address: context.jugdir,
    args: context.args,
    onDamaged: (hash, reason) => context.say(`the result ${hash.slice(0, 8)} is damaged (${reason}) and was removed`),
    onSlow: (text) => context.say(text),
  });
  inspection.session.results = new SessionResults(inspection.session, inspection.store);
  return shellOf(context, inspection);
}

function shellOf(context: ShellContext, inspection: JugfileInspection): ShellSession {
  const { session } = inspection;
  const functions = shellFunctions(inspection);
  const exports = () => inspection.exportsSoFar.values;
  const scope = new Scope(exports, { ...functions, jug: functions });
  const inputs = new Inputs();

  /** Continues loading the jugfile if its barrier is met by now, since other processes may have run its tasks. */
  async function goOn(): Promise<void> {
    const { barrier } = inspection;
    if (barrier !== undefined) {
      await inspection.load();
      if (inspection.barrier?.line !== barrier.line) context.say(`the jugfile continued past line ${barrier.line}`);
    }
    // Allow inputs to declare tasks, which can be run by hand.
    if (inspection.barrier === undefined) session.phase = "loading";
  }

  async function evaluate(text: string): Promise<Answer> {
    const compiled = await inputs.compile(text);
    if (compiled.kind !== "ready") return compiled;
    try {
      await goOn();
      scope.declare(compiled.names);
      const value = await runInSession(session, () => compiled.run(scope.object));
      if (value !== undefined) scope.set("_", value);
      return { kind: "value", value };
    } catch (error) {
      return { kind: "error", text: inputs.errorText(error) };
    }
  }

  async function showValue(value: unknown, colors: boolean): Promise<string> {
    const states = await statesOf(inspection.backend, shownTasks(value));
    return show(value, (task) => states.get(task.hash) ?? "unknown", colors);
  }

  async function answer(text: string, colors: boolean): Promise<ShownAnswer> {
    const found = await evaluate(text);
    if (found.kind !== "value") return found;
    if (found.value === undefined) return { kind: "value" };
    try {
      return { kind: "value", text: await showValue(found.value, colors) };
    } catch (error) {
      // Reading task states fails if the jugdir is gone, and showing a value may call user code that throws.
      return { kind: "error", text: inputs.errorText(error) };
    }
  }

  return {
    scope,
    evaluate,
    answer,
    errorText: (thrown) => inputs.errorText(thrown),
    async evaluateOnce(expression) {
      const endGuard = surviveStrayErrors((text) => context.stderr(`${text}\n`), (thrown) => inputs.errorText(thrown));
      const answer = await evaluate(expression).finally(endGuard);
      switch (answer.kind) {
        case "incomplete":
          return {
            kind: "refused",
            error: new JugError("usage", "the expression of --eval is incomplete", {
              remedy: "Check for a missing bracket or quote, and quote the whole expression for your shell",
            }),
          };
        case "error":
          return { kind: "unfinished", reasons: [answer.text] };
        case "value": {
          const { value } = answer;
          if (value !== undefined) {
            context.stdout(`${typeof value === "string" ? value : await showValue(value, false)}\n`);
          }
          return { kind: "done" };
        }
      }
    },
    async banner() {
      const tasks = [...session.tasks.values()];
      const finished = (await inspection.store.has(tasks.map(({ hash }) => hash))).size;
      const { values, behind, isKnown } = inspection.exportsSoFar;
      const names = isKnown ? Object.keys(values).join(", ") || "none" : "unknown until the barrier opens";
      return [
        `${context.jugfile}: ${tasks.length} tasks, ${finished} finished, in ${inspection.backend.address}`,
        `Exports: ${names}${behind.length > 0 ? `; after the barrier: ${behind.join(", ")}` : ""}`,
        `jug's functions: ${Object.keys(functions).join(", ")}`,
        barrierNotice(inspection) ?? "",
        "Tab completes, Ctrl-D leaves, .help shows more",
        "",
      ].filter((line, index) => line !== "" || index === 5).join("\n");
    },
    close: () => inspection.close(),
  };
}
