/**
 * Finds problems of a run, during the run and after it.
 *
 * @module
 */
import type { ServerEvent } from "../file_system/server.ts";
import type { Happening } from "../run/plan.ts";
import { heldUpUntil, type SimClaimant, type SimProcess } from "../run/sim_process.ts";
import { ROOT, type World } from "../run/world.ts";
import type { Note } from "../threads/notes.ts";
import { ClaimChecks } from "./claim_checks.ts";
import type { CheckParts } from "./check_parts.ts";
import { Ledger } from "./ledger.ts";
import { leftovers } from "./leftovers.ts";
import { SegmentChecks } from "./segment_checks.ts";
import { Owners } from "./owners.ts";
import { ResultChecks } from "./result_checks.ts";

/** The checker of one run. */
export class Checker {
  readonly #world: World;
  readonly #owners: Owners;
  readonly #ledger = new Ledger();
  readonly #claims: ClaimChecks;
  readonly #segments: SegmentChecks;
  readonly #results: ResultChecks;
  #problem: string | undefined;
  #hasHappened = false;

  constructor(world: World) {
    this.#world = world;
    this.#owners = new Owners(world);
    const parts: CheckParts = {
      world,
      owners: this.#owners,
      ledger: this.#ledger,
      resultSince: new Map(),
      claimingSince: new Map(),
      report: (problem) => this.report(problem),
    };
    this.#claims = new ClaimChecks(parts);
    this.#results = new ResultChecks(parts);
    this.#segments = new SegmentChecks(parts);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reports a problem. Only the first is kept: later ones may follow from it. */
  report(problem: string): void {
    this.#problem ??= problem;
  }

  onHappening(happening: Happening, process: SimProcess): void {
    this.#hasHappened = true;
    if (happening.kind !== "fault") return;
    process.faultedAt = this.#world.now;
    // A full disk, which affects all processes, excuses all of them.
    if (!happening.everywhere) return;
    for (const other of this.#world.processes) other.faultedAt = this.#world.now + happening.ms;
  }

  onEnd(process: SimProcess): void {
    this.#hasHappened ||= process.isKilled;
  }

  onServerEvent(event: ServerEvent): void {
    if (event.kind === "written") return this.#owners.onWritten(event.inode);
    const [folder = "", ...rest] = event.path.slice(ROOT.length + 1).split("/");
    const name = rest.join("");
    switch (folder) {
      case "workers":
        if (event.kind === "named") this.#owners.beat(name);
        return;
      case "segments":
        if (event.kind === "named") this.#segments.onNamed(name, event.inode);
        return;
    }
  }

  onNote(claimant: SimClaimant, note: Note): void {
    switch (note.kind) {
      case "claiming":
      case "tidying":
      case "claimed":
      case "giving up":
      case "leaving":
        this.#claims.onNote(claimant, note);
        // A claim of a process that was stopped may be made with a segment that was seized meanwhile.
        if (note.kind === "claimed" && this.#segments.isVoid(note.token)) {
          this.#ledger.giveUpThose((token) => token === note.token);
        }
        return;
      case "completing":
      case "completed":
      case "loading":
      case "loaded":
      case "removing":
      case "removed":
        return this.#results.onNote(claimant, note);
      case "locks seen":
        for (const { hash, owner, state } of note.locks) this.#segments.onSeen(claimant, hash, owner, state);
        return;
      case "error":
        return this.#onError(claimant, note.call, note.message);
      case "ended":
        if (note.how === "failed" && claimant.process.faultedAt < 0 && claimant.process.joined !== "no") {
          this.report(`${claimant.name} ended without having done its work`);
        }
        return;
      case "running":
      case "joined":
      case "left":
        return;
    }
  }

  #onError({ name, process }: SimClaimant, call: string, message: string): void {
    // If a server drops a host's flocks while a process registers, the registration may fail.
    if (call === "join" && process.host.wasGivenUp) process.faultedAt = this.#world.now;
    // One renewal may fail as well, if the drop happens again at that moment. `onTime` checks that a later one
    // succeeds.
    if (call === "renew" && process.host.wasGivenUp) return;
    if (process.faultedAt < 0) this.report(`${name}: ${call} failed: ${message}`);
  }

  /** Checks, from time to time, that each process that is able to run renews its lease. */
  onTime(): void {
    const { now, processes } = this.#world;
    for (const process of processes) {
      const { plan, host, joined, isOver, faultedAt, leftAt } = process;
      if (joined !== "yes" || isOver || faultedAt > 0 || leftAt !== undefined) continue;
      const since = Math.max(this.#owners.lastBeat(plan.id) ?? 0, heldUpUntil(process), host.cutOffUntil);
      if (since >= now || host.clock(now) - host.clock(since) <= plan.leaseMs) continue;
      return this.report(`${plan.id} has not renewed its lease since ${since.toFixed(1)}`);
    }
  }

  /**
   * Checks what is left behind at the end of a stage: nothing if no event has happened so far, and nothing in any case
   * after the last stage.
   */
  onStageEnd(isLast: boolean): void {
    const { processes, plan } = this.#world;
    if (!isLast && (this.#hasHappened || processes.some(({ faultedAt }) => faultedAt > 0))) return;
    const left = leftovers(this.#world);
    if (left !== undefined) this.report(left);
    if (isLast) { for (const hash of plan.tasks) this.#results.onEnd(hash); }
  }
}
