/**
 * A thread that loads a jugfile to find out what it declares. Each load needs its own thread, since a module's code
 * runs only once per thread.
 *
 * @module
 */
import { packError } from "../../backends/backend_port.ts";
import { JugError } from "../../core/errors.ts";
import { formatArguments } from "../../core/format.ts";
import { hashValue } from "../../core/value/hash.ts";
import { redirectConsole } from "../task/console_redirect.ts";
import type { FromDeclaring, ToDeclaring } from "./declaration_messages.ts";
import { keepLifeline } from "../threads/thread_end.ts";
import { endedText, guardThread } from "../threads/thread_guard.ts";
import { inspectJugfile, type JugfileInspection } from "./inspect.ts";
import { threadScope } from "../threads/thread_scope.ts";

const scope = threadScope<ToDeclaring, FromDeclaring>();
let inspection: JugfileInspection | undefined;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "lifeline":
      return keepLifeline(data);
    case "load":
      return void load(data).catch(fail);
    case "describe":
      return describe(data.index);
  }
};

// The run itself shows what the jugfile prints. A call that ends this thread is reported, so that the check does not
// wait for it forever.
redirectConsole({ showsTopLevel: false, tell: undefined });
guardThread({
  onEnd: (call, place) => fail(new JugError("jugfile", `${endedText(call, place)} while the jugfile was loaded`)),
  onStrayError: fail,
});

function fail(error: unknown): void {
  scope.postMessage({ kind: "failed", error: packError(error) });
}

async function load({ jugfile, address, args }: Extract<ToDeclaring, { kind: "load" }>): Promise<void> {
  inspection = await inspectJugfile({ jugfile, address, args });
  const { session, barrier } = inspection;
  scope.postMessage({ kind: "declared", hashes: [...session.tasks.keys()], isLoaded: barrier === undefined });
}

function describe(index: number): void {
  const task = [...inspection?.session.tasks.values() ?? []][index];
  scope.postMessage({
    kind: "described",
    task: task && {
      hash: task.hash,
      name: task.name,
      args: formatArguments(task.args),
      digests: task.args.map((arg) => hashValue(arg)),
    },
  });
}
