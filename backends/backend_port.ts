/**
 * A backend used through a port: threads share a store that is in the memory of the main thread.
 *
 * @module
 */
import { isJugError, JugError } from "../core/errors.ts";
import type { Backend, Membership } from "./backend.ts";
import { isMemoryBackend } from "./memory.ts";
import { codesOf, listDurations, listProcesses, loadHeads, loadTexts, release } from "./optional_parts.ts";
import type { Calls, Lists, Reply, Request, SentError } from "./backend_port/messages.ts";

/** Converts an error to a form that a message can carry. */
export function packError(error: unknown): SentError {
  if (!isJugError(error)) {
    return { kind: undefined, message: error instanceof Error ? error.message : String(error), remedy: undefined };
  }
  const { kind, message, remedy } = error;
  // The message already contains the remedy, on its own line.
  const head = remedy !== undefined && message.endsWith(remedy) ? message.slice(0, -remedy.length).trimEnd() : message;
  return { kind, message: head, remedy };
}

/** Restores an error that was sent. */
export function unpackError({ kind, message, remedy }: SentError): Error {
  if (kind === undefined) return new Error(message);
  return new JugError(kind, message, remedy === undefined ? {} : { remedy });
}

/**
 * Serves `backend` to the other end of `port`, until the client closes it. For a memory backend, each port gets its own
 * view of the store, so that each port waits for changes independently. Of any other backend, each port needs a
 * separate instance.
 */
export function serveBackend(backend: Backend, port: MessagePort): void {
  const served = isMemoryBackend(backend) ? backend.another() : backend;
  const members = new Map<number, Membership>();
  const waits = new Map<number, AbortController>();
  const hashes = new Map<number, AsyncIterator<Lists["list"]>>();
  const locks = new Map<number, AsyncIterator<Lists["listLocks"]>>();
  const failures = new Map<number, AsyncIterator<Lists["listFailures"]>>();
  const runs = new Map<number, AsyncIterator<Lists["listRuns"]>>();
  const processes = new Map<number, AsyncIterator<Lists["listProcesses"]>>();
  const lists = [hashes, locks, failures, runs, processes];

  async function next<T>(open: Map<number, AsyncIterator<T>>, id: number): Promise<T | undefined> {
    const item = await open.get(id)?.next();
    return item === undefined || item.done === true ? undefined : item.value;
  }

  function openList(id: number, name: keyof Lists): number {
    switch (name) {
      case "list":
        hashes.set(id, served.list()[Symbol.asyncIterator]());
        return id;
      case "listLocks":
        locks.set(id, served.listLocks()[Symbol.asyncIterator]());
        return id;
      case "listFailures":
        failures.set(id, served.listFailures()[Symbol.asyncIterator]());
        return id;
      case "listRuns": {
        const listing = served.listRuns?.();
        if (listing !== undefined) runs.set(id, listing[Symbol.asyncIterator]());
        return id;
      }
      case "listProcesses":
        processes.set(id, listProcesses(served)[Symbol.asyncIterator]());
        return id;
    }
  }

  async function closeList(id: number): Promise<void> {
    for (const list of lists) {
      await list.get(id)?.return?.();
      list.delete(id);
    }
  }

  async function waitFor(id: number): Promise<Calls["waitForChange"]["answers"]> {
    const abort = new AbortController();
    waits.set(id, abort);
    try {
      return await served.waitForChange(abort.signal);
    } finally {
      waits.delete(id);
    }
  }

  async function answer(request: Request): Promise<Calls[keyof Calls]["answers"]> {
    switch (request.call) {
      case "join":
        members.set(request.id, await served.join(request.ask));
        return request.id;
      case "renew":
        return members.get(request.ask)?.renew();
      case "leave":
        return members.get(request.ask)?.leave();
      case "has":
        return served.has(request.ask);
      case "load":
        return served.load(request.ask);
      case "loadHeads": {
        const { hashes, length } = request.ask;
        return loadHeads(served, hashes, length);
      }
      case "complete":
        return served.complete(request.ask);
      case "remove":
        return served.remove(request.ask);
      case "discard":
        return served.discard(request.ask.hash, request.ask.bytes);
      case "claim":
        return served.claim(request.ask.hashes, request.ask.claimant);
      case "release":
        return release(served, request.ask);
      case "removeLocks":
        return served.removeLocks(request.ask);
      case "fail":
        return served.fail(request.ask);
      case "loadFailures":
        return served.loadFailures(request.ask);
      case "removeFailures":
        return served.removeFailures(request.ask);
      case "waitForChange":
        return waitFor(request.ask);
      case "abortWait":
        return waits.get(request.ask)?.abort();
      case "openList":
        return openList(request.id, request.ask);
      case "closeList":
        return closeList(request.ask);
      case "nextHashes":
        return next(hashes, request.ask);
      case "nextLocks":
        return next(locks, request.ask);
      case "nextFailures":
        return next(failures, request.ask);
      case "nextRuns":
        return next(runs, request.ask);
      case "nextProcesses":
        return next(processes, request.ask);
      case "listCodes":
        return codesOf(served).list();
      case "addCodes":
        return codesOf(served).add(request.ask);
      case "loadCodes":
        return loadTexts(served, request.ask);
      case "listDurations":
        return listDurations(served);
      case "close":
        return served.close();
      default:
        return request satisfies never;
    }
  }

  function send(reply: Reply): void {
    port.postMessage(reply);
  }

  port.onmessage = async (event) => {
    const request: Request = event.data;
    try {
      send({ id: request.id, answer: await answer(request) });
    } catch (error) {
      send({ id: request.id, error: packError(error) });
    }
    if (request.call === "close") port.close();
  };
}

/** Returns the bytes in memory of their own: a message with a part of a larger buffer would carry all of it. */
function own(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** Returns the backend at the other end of `port`. `address` is the address of the backend that is served there. */
export function backendOnPort(port: MessagePort, address: string): Backend {
  const pending = new Map<number, (event: MessageEvent) => void>();
  let count = 0;
  const waits = new Set<() => void>();
  let isClosed = false;

  port.onmessage = (event) => {
    const { id }: Reply = event.data;
    pending.get(id)?.(event);
    pending.delete(id);
  };

  function ask<K extends keyof Calls>(call: K, what: Calls[K]["asks"], id = count++): Promise<Calls[K]["answers"]> {
    if (isClosed) {
      return Promise.reject(
        new JugError("backend", `${address} was closed in this thread`, { remedy: "Open it again" }),
      );
    }
    return new Promise((resolve, reject) => {
      pending.set(id, ({ data }) => "error" in data ? reject(unpackError(data.error)) : resolve(data.answer));
      port.postMessage({ id, call, ask: what });
    });
  }

  async function* drawn<K extends "nextHashes" | "nextLocks" | "nextFailures" | "nextRuns" | "nextProcesses">(
    list: keyof Lists,
    next: K,
  ): AsyncGenerator<NonNullable<Calls[K]["answers"]>> {
    const id = await ask("openList", list);
    try {
      for (;;) {
        const batch = await ask(next, id);
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      if (!isClosed) await ask("closeList", id);
    }
  }

  return {
    address,
    // A message to another thread and back costs as much as dozens of items in memory.
    batchSize: 32,
    async join(owner) {
      const id = await ask("join", owner);
      return { renew: () => ask("renew", id), leave: () => ask("leave", id) };
    },
    has: (hashes) => ask("has", hashes),
    list: () => drawn("list", "nextHashes"),
    load: (hashes) => ask("load", hashes),
    loadHeads: (hashes, length) => ask("loadHeads", { hashes, length }),
    // Copy only these properties: the caller's items may have others that a message cannot carry.
    complete: (items) =>
      ask("complete", items.map(({ hash, bytes, lock, info }) => ({ hash, bytes: own(bytes), lock, info }))),
    remove: (hashes) => ask("remove", hashes),
    discard: (hash, bytes) => ask("discard", { hash, bytes }),
    claim: (hashes, claimant) => ask("claim", { hashes, claimant }),
    release: (locks) => ask("release", locks),
    listLocks: () => drawn("listLocks", "nextLocks"),
    removeLocks: (hashes) => ask("removeLocks", hashes),
    fail: (items) => ask("fail", items.map((item) => ({ ...item, bytes: own(item.bytes) }))),
    listFailures: () => drawn("listFailures", "nextFailures"),
    loadFailures: (hashes) => ask("loadFailures", hashes),
    removeFailures: (hashes) => ask("removeFailures", hashes),
    listRuns: () => drawn("listRuns", "nextRuns"),
    listProcesses: () => drawn("listProcesses", "nextProcesses"),
    listDurations: () => ask("listDurations", undefined),
    codes: {
      list: () => ask("listCodes", undefined),
      add: (entries) => ask("addCodes", entries),
      load: async (ids) => [...await ask("loadCodes", ids)],
    },
    async waitForChange(signal) {
      if (signal.aborted || isClosed) return [];
      const id = count++;
      const abort = () => void ask("abortWait", id).catch(() => {});
      signal.addEventListener("abort", abort);
      let end = () => {};
      // The port may close before the reply has arrived.
      const closed = new Promise<[]>((resolve) => end = () => resolve([]));
      waits.add(end);
      try {
        return await Promise.race([ask("waitForChange", id, id), closed]);
      } finally {
        waits.delete(end);
        signal.removeEventListener("abort", abort);
      }
    },
    async close() {
      if (isClosed) return;
      await ask("close", undefined);
      isClosed = true;
      for (const end of waits) end();
      port.close();
    },
  };
}
