/**
 * Runs workers in threads of this process.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { serveBackend } from "../../backends/remote.ts";
import type { OpenCarrier } from "../messages/carrier.ts";
import { THREAD_ENDED, watchEnd } from "../threads/lifeline.ts";
import type { FromWorker, ToWorker } from "../messages/messages.ts";

/** Opens workers in threads. `local`: a store that lives in this thread; the workers reach it through ports. */
export function inThreads(local: Backend | undefined): OpenCarrier {
  return (index, hear) => {
    const worker = new Worker(new URL("../worker/worker_thread.ts", import.meta.url), {
      type: "module",
      name: `jug ${index}`,
    });
    let served: MessagePort | undefined;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
    const breakDown = (message: string, isFault: boolean) => {
      const error = { name: "Error", message, frames: [], stack: "", remedy: undefined };
      hear({ kind: "broken", error, isFault });
    };
    worker.onerror = (event) => {
      event.preventDefault();
      breakDown(event.message, true);
    };
    const endWatch = watchEnd(worker, () => breakDown(THREAD_ENDED, false));
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
      terminate() {
        endWatch();
        served?.close();
        worker.terminate();
      },
    };
  };
}
