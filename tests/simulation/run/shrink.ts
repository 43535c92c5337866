/**
 * Reduces a failing plan as long as it still fails.
 *
 * @module
 */
import type { Role } from "../threads/life.ts";
import type { Plan, ProcessPlan } from "./plan.ts";

/** Runs a plan and returns its problem, or `undefined` if there is none. */
export type Try = (plan: Plan) => string | undefined;

/**
 * The number of schedules tried for each smaller plan, since leaving something out changes the order of the claimants.
 */
const ORDERS = 4;

function withoutTask(role: Role, hash: string): Role {
  switch (role.kind) {
    case "worker": {
      const tasks = role.tasks.filter((task) => task.hash !== hash).map((task) => ({
        ...task,
        needs: task.needs.filter((need) => need !== hash),
      }));
      return { ...role, tasks };
    }
    case "looker":
    case "remover":
      return { ...role, hashes: role.hashes.filter((other) => other !== hash) };
    case "keeper":
    case "packer":
      return role;
  }
}

function withMembers(plan: Plan, change: (process: ProcessPlan) => readonly Role[]): Plan {
  return { ...plan, processes: plan.processes.map((process) => ({ ...process, members: change(process) })) };
}

/** Yields plans that lack one element each. */
function* smaller(plan: Plan): Generator<Plan> {
  for (const event of plan.events) yield { ...plan, events: plan.events.filter((other) => other !== event) };
  for (const process of plan.processes) {
    yield {
      ...plan,
      processes: plan.processes.filter((other) => other !== process),
      events: plan.events.filter((event) => event.process !== process.id),
    };
    for (const member of process.members.slice(2)) {
      yield withMembers(plan, ({ members }) => members.filter((other) => other !== member));
    }
  }
  for (const hash of plan.tasks.length > 1 ? plan.tasks : []) {
    const tasks = plan.tasks.filter((other) => other !== hash);
    yield { ...withMembers(plan, ({ members }) => members.map((role) => withoutTask(role, hash))), tasks };
  }
  if (plan.hosts.some(({ rate }) => rate !== 1)) {
    yield { ...plan, hosts: plan.hosts.map((host) => ({ ...host, rate: 1 })) };
  }
}

/** Returns the kind of a problem, independent of the claimants involved: words that contain a digit are names. */
function kindOf(problem: string | undefined): string | undefined {
  return problem?.split("\n", 1)[0]?.replace(/\S*\d\S*/g, "#");
}

/** Returns the smallest plan found that still fails in the same way. */
export function shrink(plan: Plan, attempt: Try): Plan {
  const kind = kindOf(attempt(plan));
  if (kind === undefined) return plan;
  const fails = (candidate: Plan) => kindOf(attempt(candidate)) === kind;
  let smallest = plan;
  for (;;) {
    const found = firstThatFails(smallest, fails);
    if (found === undefined) return smallest;
    smallest = found;
  }
}

function firstThatFails(plan: Plan, fails: (candidate: Plan) => boolean): Plan | undefined {
  for (const candidate of smaller(plan)) {
    for (let order = 0; order < ORDERS; order++) {
      const other = { ...candidate, scheduleSeed: plan.scheduleSeed + order * 1_000_003 };
      if (fails(other)) return other;
    }
  }
  return undefined;
}
