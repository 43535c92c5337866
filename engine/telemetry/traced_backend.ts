/**
 * A backend whose calls are spans.
 *
 * @module
 */
import type { Backend, Membership } from "../../backends/backend.ts";
import { schemeOf } from "../../backends/scheme.ts";
import { reportError } from "../results/error_report.ts";
import type { Attributes, Span } from "./api.ts";
import { recordError, type Tracing } from "./tracing.ts";

/**
 * Returns `backend` with a span for each call. `waitForChange` has none: it lasts for as long as nothing happens. The
 * span of a listing lasts until its reader has read it.
 */
export function tracedBackend(backend: Backend, tracing: Tracing): Backend {
  const system = systemOf(backend.address);

  function start(operation: string, size: number | undefined): Span {
    const attributes: Attributes = {
      "db.system.name": system,
      "db.operation.name": operation,
      ...size === undefined ? {} : { "db.operation.batch.size": size },
    };
    return tracing.start(`jugdir.${operation}`, { kind: "client", attributes });
  }

  async function spanned<T>(operation: string, size: number | undefined, call: () => Promise<T>): Promise<T> {
    const span = start(operation, size);
    try {
      return await tracing.within(span, call);
    } catch (error) {
      recordError(span, reportError(error));
      throw error;
    } finally {
      span.end();
    }
  }

  async function* listed<T>(operation: string, open: () => AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
    const span = start(operation, undefined);
    let count = 0;
    try {
      for await (const items of tracing.within(span, open)) {
        count += items.length;
        yield items;
      }
    } catch (error) {
      recordError(span, reportError(error));
      throw error;
    } finally {
      span.setAttributes({ "db.response.returned_rows": count });
      span.end();
    }
  }

  async function join(owner: Parameters<Backend["join"]>[0]): Promise<Membership> {
    const membership = await spanned("join", undefined, () => backend.join(owner));
    return {
      renew: () => spanned("renew", undefined, () => membership.renew()),
      leave: () => spanned("leave", undefined, () => membership.leave()),
    };
  }

  const { groupOf, storesTogether, loadHeads, listRuns, listProcesses, listDurations, codes, tidy } = backend;
  return {
    address: backend.address,
    batchSize: backend.batchSize,
    ...groupOf === undefined ? {} : { groupOf: groupOf.bind(backend) },
    ...storesTogether === undefined ? {} : { storesTogether },
    join,
    has: (hashes) => spanned("has", hashes.length, () => backend.has(hashes)),
    list: () => listed("list", () => backend.list()),
    load: (hashes) => spanned("load", hashes.length, () => backend.load(hashes)),
    ...loadHeads === undefined ? {} : {
      loadHeads: (hashes, length) => spanned("loadHeads", hashes.length, () => loadHeads.call(backend, hashes, length)),
    },
    complete: (items) => spanned("complete", items.length, () => backend.complete(items)),
    remove: (hashes) => spanned("remove", hashes.length, () => backend.remove(hashes)),
    discard: (hash, bytes) => spanned("discard", 1, () => backend.discard(hash, bytes)),
    claim: (hashes, claimant) => spanned("claim", hashes.length, () => backend.claim(hashes, claimant)),
    release: (locks, options) => spanned("release", locks.length, () => backend.release(locks, options)),
    listLocks: () => listed("listLocks", () => backend.listLocks()),
    removeLocks: (hashes) => spanned("removeLocks", hashes.length, () => backend.removeLocks(hashes)),
    fail: (items) => spanned("fail", items.length, () => backend.fail(items)),
    listFailures: () => listed("listFailures", () => backend.listFailures()),
    loadFailures: (hashes) => spanned("loadFailures", hashes.length, () => backend.loadFailures(hashes)),
    removeFailures: (hashes) => spanned("removeFailures", hashes.length, () => backend.removeFailures(hashes)),
    waitForChange: (signal) => backend.waitForChange(signal),
    ...listRuns === undefined ? {} : { listRuns: () => listed("listRuns", () => listRuns.call(backend)) },
    ...listProcesses === undefined
      ? {}
      : { listProcesses: () => listed("listProcesses", () => listProcesses.call(backend)) },
    ...listDurations === undefined
      ? {}
      : { listDurations: () => spanned("listDurations", undefined, () => listDurations.call(backend)) },
    ...codes === undefined ? {} : {
      codes: {
        list: () => spanned("listCodes", undefined, () => codes.list()),
        add: (entries) => spanned("addCodes", entries.length, () => codes.add(entries)),
      },
    },
    ...tidy === undefined ? {} : { tidy: () => spanned("tidy", undefined, () => tidy.call(backend)) },
    close: () => spanned("close", undefined, () => backend.close()),
  };
}

/** Returns the name of the system that stores the results: that of the address's scheme. */
function systemOf(address: string): string {
  const scheme = schemeOf(address);
  if (scheme === undefined) return "file";
  return /^(redis|unix|rediss)/.test(scheme) ? "redis" : scheme.slice(0, -1);
}
