/**
 * Runs workers in threads of this process.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { serveBackend } from "../../backends/backend_port.ts";
import type { OpenTransport } from "../messages/transport.ts";
import { plainReport } from "../results/error_report.ts";
import { startThread } from "../threads/start_thread.ts";
import type { FromWorker, ToWorker } from "../messages/messages.ts";

/** Opens workers in threads. `local`: a store that lives in this thread; the workers reach it through ports. */
export function inThreads(local: Backend | undefined): OpenTransport {
  return (index, hear) => {
    let served: MessagePort | undefined;
    const { worker, terminate } = startThread<FromWorker>(
      new URL("../worker/worker_thread.ts", import.meta.url),
      `jug ${index}`,
      { hear, breakDown: (message, isFault) => hear({ kind: "broken", error: plainReport(message), isFault }) },
    );
    const end = () => {
      served?.close();
      terminate();
    };
    return {
      start(setup) {
        if (local === undefined) {
          worker.postMessage({ kind: "start", setup, store: undefined } satisfies ToWorker);
          return;
        }
        const { port1, port2 } = new MessageChannel();
        serveBackend(local, port1);
        served = port1;
        worker.postMessage({ kind: "start", setup, store: port2 } satisfies ToWorker, [port2]);
      },
      send: (message) => worker.postMessage(message),
      terminate: end,
      close() {
        // Its spans are in the memory of the process, which sends them.
        end();
        return Promise.resolve();
      },
    };
  };
}
