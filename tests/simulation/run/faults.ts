/**
 * Makes calls fail as events demand.
 *
 * @module
 */
import { type FaultCode, SystemFailure } from "../file_system/failure.ts";
import type { FileOperation } from "../threads/operations.ts";
import type { SimProcess } from "./sim_process.ts";

interface Fault {
  readonly code: FaultCode;
  readonly process: SimProcess | undefined;
  readonly until: number;
  readonly isOnce: boolean;
}

function needsRoom(operation: FileOperation): boolean {
  switch (operation.kind) {
    case "open":
      return operation.mode !== "read";
    case "write":
    case "sync":
    case "link":
    case "makeFolder":
      return true;
    default:
      return false;
  }
}

function canFail(operation: FileOperation, code: FaultCode, isShared: boolean): boolean {
  switch (operation.kind) {
    case "mount":
    case "watch":
    case "close":
      return false;
    default:
      break;
  }
  switch (code) {
    case "ENOSPC":
      return needsRoom(operation);
    case "EACCES":
      return "path" in operation;
    case "ESTALE":
      // A path is looked up again by the kernel, so it does not fail. Reading would fail only after a removal, which
      // the simulated server handles itself.
      return isShared && (operation.kind === "write" || operation.kind === "sync" || operation.kind === "tryLock");
    case "EIO":
      return true;
  }
}

/** The active faults of one run. */
export class Faults {
  readonly #isShared: boolean;
  #active: Fault[] = [];

  /** `isShared`: whether the folder is on a network file system. */
  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** Makes calls of `process` fail from now on (`undefined`: those of all processes). If `ms` is 0, only one call fails. */
  add(code: FaultCode, process: SimProcess | undefined, now: number, ms: number): void {
    this.#active.push({ code, process, until: ms === 0 ? Infinity : now + ms, isOnce: ms === 0 });
  }

  /** Ends all faults. */
  clear(): void {
    this.#active = [];
  }

  /** Throws if this operation must fail. */
  strike(operation: FileOperation, process: SimProcess, now: number): void {
    if (this.#active.length === 0) return;
    this.#active = this.#active.filter((fault) => fault.until >= now);
    const fault = this.#active.find((candidate) =>
      (candidate.process === undefined || candidate.process === process) &&
      canFail(operation, candidate.code, this.#isShared)
    );
    if (fault === undefined) return;
    if (fault.isOnce) this.#active = this.#active.filter((other) => other !== fault);
    process.faultedAt = now;
    throw new SystemFailure(fault.code, "path" in operation ? operation.path : "");
  }
}
