/**
 * Checks segments: what counts never changes, each task has one result that counts, a segment is seized only if its
 * owner is dead, and none is merged twice.
 *
 * @module
 */
import { decodeHeader, FrameIndex, HEADER_BYTES } from "../../../backends/file/segments/frame.ts";
import { parseSegmentName, type SegmentName } from "../../../backends/file/segments/segment_name.ts";
import { claimToken, ownerOfSegment, parseClaimToken } from "../../../backends/file/token.ts";
import type { Inode } from "../file_system/server.ts";
import type { SimClaimant } from "../run/sim_process.ts";
import type { CheckParts } from "./check_parts.ts";

/** Checks segments. */
export class SegmentChecks {
  readonly #parts: CheckParts;
  /** The latest name of each segment. */
  readonly #names = new Map<string, SegmentName>();
  /** By task: the claim whose result counts. */
  readonly #authors = new Map<string, string>();
  /** By merged segment: the one it was merged into. */
  readonly #merged = new Map<string, string>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  /** Called when a segment got a new name on the server. */
  onNamed(fileName: string, inode: Inode): void {
    const { report } = this.#parts;
    const name = parseSegmentName(fileName);
    if (name === undefined) return;
    const before = this.#names.get(name.segment);
    this.#names.set(name.segment, name);
    const from = before?.length ?? 0;
    if (name.length < from) return report(`segment ${name.segment} was shortened from ${from} to ${name.length}`);
    if (before !== undefined && before.state !== "open" && name.length !== from) {
      return report(`segment ${name.segment} became longer after it was closed`);
    }
    if (before?.state === "open" && name.state === "seized") this.#onSeized(name);
    this.#read(name.segment, inode.data, from, name.length);
  }

  /** Whether the claim with this token is void from the start, because its segment was closed. */
  isVoid(token: string): boolean {
    const segment = parseClaimToken(token)?.segment ?? "";
    return (this.#names.get(segment)?.state ?? "open") !== "open";
  }

  /** Records the results that count from now on. */
  #read(segment: string, data: Uint8Array, from: number, length: number): void {
    const { report } = this.#parts;
    for (let at = from; at < length;) {
      const header = decodeHeader(data.subarray(at));
      const indexEnd = at + HEADER_BYTES + (header?.indexLength ?? 0);
      const index = header && FrameIndex.decode(data.subarray(at + HEADER_BYTES, indexEnd), header);
      if (header === undefined || index === undefined || indexEnd + header.payloadLength > length) {
        return report(`segment ${segment} counts up to ${length}, but has no whole frame at ${at}`);
      }
      // What was merged counted before.
      if (index.replaces.length > 0) return this.#onMerged(index.replaces, segment);
      for (let i = 0; i < index.count; i++) this.#apply(index, i);
      at = indexEnd + header.payloadLength;
    }
  }

  #onMerged(sources: readonly string[], into: string): void {
    const { world, report } = this.#parts;
    // Others take over from a process that paused for long, and it may go on.
    const hasPauses = world.plan.events.some(({ happening }) => happening.kind !== "kill");
    for (const source of sources) {
      const other = this.#merged.get(source);
      if (other !== undefined && !sources.includes(other) && !hasPauses) {
        report(`segment ${source} was merged twice, into ${other} and into ${into}`);
      }
      this.#merged.set(source, into);
    }
  }

  #apply(index: FrameIndex, i: number): void {
    const { world, resultSince, ledger, report } = this.#parts;
    const hash = index.hash(i);
    switch (index.kind(i)) {
      case "result": {
        const token = claimToken({ segment: index.origin(i), sequence: index.sequence(i) });
        const author = this.#authors.get(hash);
        if (author !== undefined && author !== token) {
          report(`two results of ${hash} count: that of ${author} and that of ${token}`);
        }
        this.#authors.set(hash, token);
        resultSince.set(hash, world.now);
        return;
      }
      case "removed":
        this.#authors.delete(hash);
        resultSince.delete(hash);
        if (ledger.of(hash).removals.length === 0) report(`the result of ${hash} was removed by nobody`);
        return;
      case "failure":
      case "released":
      case "cleared":
        return;
    }
  }

  #onSeized({ segment }: SegmentName): void {
    const { world, owners, ledger, claimingSince, report } = this.#parts;
    const isMade = (token: string) => parseClaimToken(token)?.segment === segment;
    const isPreempted = world.current !== undefined && ledger.isCompletedBy(world.current, isMade);
    ledger.giveUpThose(isMade);
    if (isPreempted) return;
    const by = world.current;
    const owner = ownerOfSegment(segment) ?? "";
    if (by === undefined || owner === by.process.plan.id || this.#hasFaults(owner)) return;
    if (!owners.mustSeemAlive(owner, by.process, claimingSince.get(by) ?? by.askedAt)) return;
    report(`segment ${segment}, whose owner lives, was seized by ${by.name}`);
  }

  #hasFaults(owner: string): boolean {
    const process = this.#parts.owners.process(owner);
    return process !== undefined && process.faultedAt >= 0;
  }

  /** Checks the state of a claim's owner that was reported to `observer`. */
  onSeen(observer: SimClaimant, hash: string, owner: string, state: string): void {
    const { world, owners, report } = this.#parts;
    if (state !== "dead" || this.#hasFaults(owner)) return;
    if (!owners.mustSeemAlive(owner, observer.process, world.now - 1_000)) return;
    // A claim of a segment that was seized is void, even if its owner came back.
    if ([...this.#names.values()].some((name) => ownerOfSegment(name.segment) === owner && name.state === "seized")) {
      return;
    }
    report(`${observer.name} took the owner of the claim on ${hash}, ${owner}, for dead, and it is alive`);
  }
}
