/**
 * A host as the scheduler sees it: its clocks, and whether it is frozen or cut off.
 *
 * @module
 */
import { Host, type HostParts } from "../file_system/host.ts";
import type { MountOptions } from "../file_system/mount_options.ts";
import { START_DATE } from "../file_system/server.ts";
import type { HostPlan } from "./plan.ts";

/** The server gives up a host after this much silence, in milliseconds. */
const SERVER_PATIENCE_MS = 90_000;

/** A host and its clocks. */
export class SimHost {
  readonly plan: HostPlan;
  readonly files: Host;
  boot = 1;
  frozenUntil = 0;
  cutOffUntil = 0;
  /** Whether the server has dropped its flocks at least once. */
  wasGivenUp = false;
  #silentSince = Infinity;
  /** The true time during which the clock stood still, including the whole current stop. */
  #lost = 0;
  #clockStoppedUntil = 0;

  constructor(plan: HostPlan, parts: Omit<HostParts, "name">) {
    this.plan = plan;
    this.files = new Host({ ...parts, name: plan.name });
  }

  /** Returns its monotonic clock at a true time. */
  clock(now: number): number {
    return this.plan.clockStart + (Math.max(now, this.#clockStoppedUntil) - this.#lost) * this.plan.rate;
  }

  /** Returns its date at a true time. */
  wall(now: number): number {
    return START_DATE + now * this.plan.rate + this.plan.wallError;
  }

  /** Returns the true time at which its monotonic clock shows `clock`. */
  timeOf(clock: number): number {
    return (clock - this.plan.clockStart) / this.plan.rate + this.#lost;
  }

  freeze(now: number, ms: number, clockRuns: boolean): void {
    if (now < this.frozenUntil) return;
    this.frozenUntil = Math.max(this.frozenUntil, now + ms);
    this.#silentSince = Math.min(this.#silentSince, now);
    if (clockRuns) return;
    this.#lost += now + ms - Math.max(now, this.#clockStoppedUntil);
    this.#clockStoppedUntil = Math.max(this.#clockStoppedUntil, now + ms);
  }

  cutOff(now: number, ms: number): void {
    this.cutOffUntil = Math.max(this.cutOffUntil, now + ms);
    this.#silentSince = Math.min(this.#silentSince, now);
  }

  /** Called when the host contacts the server, which may have dropped its flocks during a silence. */
  speak(now: number, { isCourteous, keepsOpenFiles }: MountOptions): void {
    if (!isCourteous && keepsOpenFiles && this.isGivenUp(now)) this.dropState();
    this.#silentSince = Infinity;
  }

  dropState(): void {
    this.wasGivenUp = true;
    this.files.open.dropLocks();
  }

  isGivenUp(now: number): boolean {
    return now - this.#silentSince > SERVER_PATIENCE_MS;
  }
}
