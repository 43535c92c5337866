/**
 * Runs one plan. The scheduler lets one claimant after another continue until all have ended or there is a problem.
 *
 * @module
 */
import { Checker } from "../check/checker.ts";
import { SystemFailure } from "../file_system/failure.ts";
import { seededRandom } from "../../support/campaign/seeded_random.ts";
import type { AnsweringSide } from "../threads/channel.ts";
import type { Note } from "../threads/notes.ts";
import type { FileOperation } from "../threads/operations.ts";
import { lifeOf, makeClaimant } from "./birth.ts";
import { Conversation } from "./conversation.ts";
import { between, chance, type Random } from "./dice.ts";
import { execute } from "./execute.ts";
import { count, describe, happen, takeDue } from "./happen.ts";
import { readyAt, wokenBy } from "./pace.ts";
import type { Happening, Plan } from "./plan.ts";
import { heldUpUntil, type Result, type SimClaimant, type SimProcess } from "./sim_process.ts";
import { Chooser } from "./strategy.ts";
import type { Trace } from "./trace.ts";
import { World } from "./world.ts";

/** The outcome of a run. */
export interface Outcome {
  /** The first problem; `undefined` if there is none. */
  readonly problem: string | undefined;
  readonly operations: number;
  readonly simulatedMs: number;
}

/** What a run needs besides its plan. */
export interface Setup {
  /** The URL of the backend's module. */
  readonly module: string;
  /** Idle threads; at least as many as claimants are alive at once. */
  readonly threads: readonly AnsweringSide[];
  readonly trace: Trace;
}

const MAX_OPERATIONS = 15_000;
const MAX_MS = 4 * 3_600_000;
/** The interval of writebacks and of checks that depend on time, in simulated milliseconds. */
const CHECK_MS = 500;

/** Runs a plan. */
export function simulate(plan: Plan, setup: Setup): Outcome {
  return new Simulation(plan, setup).run();
}

class Simulation {
  readonly #plan: Plan;
  readonly #setup: Setup;
  readonly #random: Random;
  readonly #world: World;
  readonly #checker: Checker;
  readonly #chooser: Chooser;
  readonly #conversation: Conversation;
  readonly #idle: AnsweringSide[];
  #operations = 0;
  #stale: string[] = [];
  #checkedAt = 0;

  constructor(plan: Plan, setup: Setup) {
    this.#plan = plan;
    this.#setup = setup;
    this.#random = seededRandom(plan.scheduleSeed);
    this.#world = new World(plan, this.#random, {
      onServerEvent: (event) => this.#checker.onServerEvent(event),
      onStale: ({ what }) => void this.#stale.push(what),
    });
    this.#checker = new Checker(this.#world);
    this.#chooser = new Chooser(plan.strategy, this.#random);
    this.#conversation = new Conversation(this.#world, (claimant, note) => this.#note(claimant, note));
    this.#idle = [...setup.threads];
  }

  run(): Outcome {
    const world = this.#world;
    const stages = [...new Set(this.#plan.processes.map(({ stage }) => stage))].sort((one, other) => one - other);
    for (const stage of stages) {
      this.#begin(stage);
      this.#runStage();
      if (this.#checker.problem !== undefined) break;
      this.#checker.onStageEnd(stage === stages.at(-1));
      world.now += this.#plan.restMs;
      world.faults.clear();
    }
    const { problem } = this.#checker;
    if (problem !== undefined) this.#setup.trace.say(world.now, "", `PROBLEM: ${problem}`);
    for (const process of world.processes) if (!process.isOver) this.#kill(process);
    return { problem, operations: this.#operations, simulatedMs: world.now };
  }

  #begin(stage: number): void {
    for (const plan of this.#plan.processes.filter((candidate) => candidate.stage === stage)) {
      const process = this.#world.addProcess(plan);
      process.startsAt = this.#world.now + plan.startMs;
      for (const role of plan.members) {
        const side = this.#idle.pop();
        if (side === undefined) throw new Error("there are too few threads for this plan");
        process.claimants.push(makeClaimant(process, role, side));
      }
    }
  }

  #runStage(): void {
    const world = this.#world;
    for (;;) {
      const alive = world.claimants.filter(({ state }) => state !== "over");
      if (alive.length === 0) return;
      const [first, ...others] = alive.filter((claimant) => readyAt(claimant) <= world.now);
      if (first === undefined) {
        const next = Math.min(...alive.map(readyAt));
        if (!Number.isFinite(next)) return this.#checker.report("everybody waits for ever");
        world.now = next;
        continue;
      }
      const chosen = this.#chooser.choose([first, ...others], world.now);
      this.#step(chosen);
      if (++this.#operations > MAX_OPERATIONS || world.now > MAX_MS) this.#checker.report("it does not end");
      this.#keepUp();
      if (this.#checker.problem !== undefined) return;
    }
  }

  /** Does what happens without a claimant: writebacks, and checks that depend on time. */
  #keepUp(): void {
    const world = this.#world;
    if (world.now - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = world.now;
    for (const { files, frozenUntil, cutOffUntil } of world.hosts.values()) {
      if (Math.max(frozenUntil, cutOffUntil) <= world.now) files.writeBack();
    }
    this.#checker.onTime();
  }

  #step(claimant: SimClaimant): void {
    const { pending, held } = claimant;
    if (claimant.state === "unborn") {
      const index = this.#world.claimants.indexOf(claimant);
      return this.#conversation.begin(claimant, lifeOf(claimant, index, this.#plan.seed, this.#setup.module));
    }
    if (held !== undefined) {
      claimant.held = undefined;
      return this.#conversation.answer(claimant, held);
    }
    if (pending === undefined) return;
    switch (pending.kind) {
      case "rest":
        return;
      case "meet":
        return this.#conversation.answer(claimant, { kind: "value", value: null });
      case "pause": {
        const value = wokenBy(claimant) ?? "time";
        claimant.isTouched = false;
        return this.#conversation.answer(claimant, { kind: "value", value });
      }
      default:
        return this.#carryOut(claimant, pending);
    }
  }

  #carryOut(claimant: SimClaimant, operation: FileOperation): void {
    const world = this.#world;
    const { process } = claimant;
    world.now += this.#cost();
    process.host.speak(world.now, this.#plan.mount);
    if (!claimant.isCounted) count(process, operation);
    claimant.isCounted = true;
    for (const event of takeDue(process, operation, "before")) this.#happen(event.happening, process);
    if (claimant.state !== "alive" || readyAt(claimant) > world.now) return;
    claimant.isCounted = false;
    const result = this.#execute(claimant, operation);
    for (const event of takeDue(process, operation, "after")) this.#happen(event.happening, process);
    if (claimant.state !== "alive") return;
    if (heldUpUntil(process) > world.now) claimant.held = result;
    else this.#conversation.answer(claimant, result);
  }

  #execute(claimant: SimClaimant, operation: FileOperation): Result {
    const world = this.#world;
    const { process } = claimant;
    world.current = claimant;
    this.#stale = [];
    let result: Result;
    try {
      world.faults.strike(operation, process, world.now);
      const { mount } = this.#plan;
      const value = execute(operation, { host: process.host.files, process: process.plan.id, mount });
      result = { kind: "value", value };
      if (operation.kind === "watch") claimant.watched.add(operation.path);
    } catch (error) {
      if (!(error instanceof SystemFailure)) throw error;
      result = { kind: "failure", code: error.code };
    }
    world.current = undefined;
    this.#setup.trace.operation(world.now, claimant.name, operation, result, this.#stale);
    return result;
  }

  #happen(happening: Happening, process: SimProcess): void {
    this.#setup.trace.say(this.#world.now, process.plan.id, `EVENT: ${describe(happening)}`);
    this.#checker.onHappening(happening, process);
    happen(happening, process, this.#world, (victim) => this.#kill(victim));
  }

  #note(claimant: SimClaimant, note: Note): void {
    const { process } = claimant;
    this.#setup.trace.note(this.#world.now, claimant.name, note);
    this.#checker.onNote(claimant, note);
    switch (note.kind) {
      case "joined":
        process.joined = "yes";
        return;
      case "left":
        process.leftAt = this.#world.now;
        return;
      case "ended":
        claimant.hasFailed = note.how === "failed";
        this.#end(claimant);
        // A process ends with its main thread, whatever its other threads are doing.
        if (claimant.role.kind === "keeper" || process.claimants.every(({ state }) => state === "over")) {
          this.#kill(process);
        }
        return;
      default:
        return;
    }
  }

  #end(claimant: SimClaimant): void {
    claimant.state = "over";
    this.#idle.push(claimant.side);
  }

  /** Ends a process, also one whose threads have all ended by themselves. */
  #kill(process: SimProcess): void {
    if (process.isOver) return;
    process.isOver = true;
    process.isKilled = process.claimants.some(({ state }) => state !== "over");
    if (process.joined === "not yet") process.joined = "no";
    for (const claimant of process.claimants) {
      if (claimant.state === "over") continue;
      if (claimant.state === "alive") this.#conversation.cut(claimant);
      this.#end(claimant);
    }
    process.host.files.open.closeAll(process.plan.id);
    this.#checker.onEnd(process);
  }

  #cost(): number {
    const random = this.#random;
    if (this.#plan.mount.kind === "local") return 0.01 + random() * 0.05;
    return chance(random, 0.02) ? between(random, 20, 100) : 0.2 + random();
  }
}
