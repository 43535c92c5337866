/**
 * Chooses the claimant that continues next.
 *
 * @module
 */
import { between, chance, type Random } from "./dice.ts";
import type { Strategy } from "./plan.ts";
import type { SimClaimant } from "./sim_process.ts";

/** No claimant that can continue waits longer than this, in milliseconds: real schedulers are not that unfair. */
const PATIENCE_MS = 200;

/** Chooses among the claimants that can continue. */
export class Chooser {
  readonly #strategy: Strategy;
  readonly #random: Random;
  readonly #order: SimClaimant[] = [];
  #last: SimClaimant | undefined;

  constructor(strategy: Strategy, random: Random) {
    this.#strategy = strategy;
    this.#random = random;
  }

  /** Chooses one of `ready`. */
  choose(ready: readonly [SimClaimant, ...SimClaimant[]], now: number): SimClaimant {
    for (const claimant of ready) claimant.readySince ??= now;
    const patient = ready.find(({ readySince }) => readySince !== undefined && now - readySince > PATIENCE_MS);
    const chosen = patient ?? this.#pick(ready);
    chosen.readySince = undefined;
    this.#last = chosen;
    return chosen;
  }

  #pick(ready: readonly [SimClaimant, ...SimClaimant[]]): SimClaimant {
    const random = this.#random;
    const anybody = ready[between(random, 0, ready.length - 1)] ?? ready[0];
    switch (this.#strategy.kind) {
      case "uniform":
        return anybody;
      case "bursts":
        return this.#last !== undefined && ready.includes(this.#last) && chance(random, this.#strategy.stay)
          ? this.#last
          : anybody;
      case "priorities": {
        for (const claimant of ready) {
          if (!this.#order.includes(claimant)) {
            this.#order.splice(between(random, 0, this.#order.length), 0, claimant);
          }
        }
        const first = this.#order.find((claimant) => ready.includes(claimant)) ?? anybody;
        if (chance(random, this.#strategy.change)) {
          this.#order.splice(this.#order.indexOf(first), 1);
          this.#order.push(first);
        }
        return first;
      }
    }
  }
}
