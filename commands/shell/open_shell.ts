/**
 * A jugfile that is looked at from a prompt.
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
import { outliveAstray } from "./astray.ts";
import { Inputs } from "./input/inputs.ts";
import { shellFunctions } from "./functions.ts";
import { Scope } from "./input/scope.ts";
import { show, shownTasks } from "./show.ts";

/** What came of an input. */
export type Answer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** What came of an input, as it is shown. */
export type ShownAnswer =
  /** there is no text for `undefined` */
  | { readonly kind: "value"; readonly text?: string }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** What the shell gets from outside. */
export type ShellContext = Pick<CommandContext, "jugfile" | "jugdir" | "args" | "say" | "stdout" | "stderr">;

/** A prompt's other side. */
export interface ShellSession {
  readonly scope: Scope;
  /** Runs one input, and awaits what it gives. */
  evaluate(text: string): Promise<Answer>;
  /** As `evaluate`, with the value as the prompt shows it. */
  answer(text: string, colors: boolean): Promise<ShownAnswer>;
  /** What is to be said of what an input threw, now or later. */
  errorText(thrown: unknown): string;
  /** For `--eval`: prints the value, a string as it is. */
  evaluateOnce(expression: string): Promise<Outcome>;
  /** What is said first. */
  banner(): Promise<string>;
  close(): Promise<void>;
}

/** Loads the jugfile as far as it goes. */
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

  /** While others execute, barriers open: the jugfile goes on before each input. */
  async function goOn(): Promise<void> {
    const { barrier } = inspection;
    if (barrier !== undefined) {
      await inspection.load();
      if (inspection.barrier?.line !== barrier.line) context.say(`the jugfile went on past line ${barrier.line}`);
    }
    // At the prompt tasks may be declared, to be run by hand.
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
      // The state of a task is asked of the jugdir, which may be gone by now; and a value may have code of its own.
      return { kind: "error", text: inputs.errorText(error) };
    }
  }

  return {
    scope,
    evaluate,
    answer,
    errorText: (thrown) => inputs.errorText(thrown),
    async evaluateOnce(expression) {
      const endGuard = outliveAstray((text) => context.stderr(`${text}\n`), (thrown) => inputs.errorText(thrown));
      const answer = await evaluate(expression).finally(endGuard);
      switch (answer.kind) {
        case "incomplete":
          return {
            kind: "refused",
            error: new JugError("usage", "the expression of --eval is not whole", {
              remedy: "A bracket or a quote may be missing; quote the whole expression for your shell",
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
      const names = isKnown ? Object.keys(values).join(", ") || "none" : "not to be seen before the barrier opens";
      return [
        `${context.jugfile}: ${tasks.length} tasks, ${finished} finished, in ${inspection.backend.address}`,
        `Exports: ${names}${behind.length > 0 ? `; not yet: ${behind.join(", ")}` : ""}`,
        `jug's functions: ${Object.keys(functions).join(", ")}`,
        barrierNotice(inspection) ?? "",
        "Tab completes, Ctrl-D leaves, .help says more",
        "",
      ].filter((line, index) => line !== "" || index === 5).join("\n");
    },
    close: () => inspection.close(),
  };
}
