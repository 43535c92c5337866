/**
 * Measures rows, round by round.
 *
 * @module
 */
import { beginRound, type Round } from "./round.ts";
import { compare, type Row, type Section, type Size } from "./row.ts";
import type { Setting } from "./setting.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { Unavailable } from "./unavailable.ts";

/** What was read in all rounds, of a row or of its yardstick. */
export interface Reading {
  /** Undefined if it could not be measured. */
  readonly spread: Spread | undefined;
  /** What is missing here. */
  readonly missing: string | undefined;
  /** What went wrong. */
  readonly failure: string | undefined;
}

/** What was measured of one row. */
export interface RowOutcome {
  readonly row: Row;
  readonly measured: Reading;
  readonly yardstick: Reading | undefined;
  /** How the two compare, each measurement with the yardstick of its round. */
  readonly ratio: Spread | undefined;
}

/** Which rows are measured, and how. */
export interface Plan {
  readonly sections: readonly Section[];
  readonly size: Size;
  readonly rounds: number;
  readonly isWanted: (row: Row) => boolean;
  /** Called before each measurement. */
  readonly tell: (text: string) => void;
}

/** Collects what is read in each round. */
class Readings {
  readonly #values: number[] = [];
  readonly #missing = new Set<string>();
  readonly #failures = new Set<string>();

  /** Returns undefined if it cannot be measured. */
  async read(measure: (round: Round) => Promise<number>, round: Round): Promise<number | undefined> {
    try {
      const value = await measure(round);
      this.#values.push(value);
      return value;
    } catch (error) {
      round.setting.signal.throwIfAborted();
      if (error instanceof Unavailable) this.#missing.add(error.message);
      else this.#failures.add(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  summary(): Reading {
    const joined = (reasons: ReadonlySet<string>) => reasons.size === 0 ? undefined : [...reasons].join("; ");
    return {
      spread: spreadOf(this.#values),
      missing: joined(this.#missing),
      failure: joined(this.#failures),
    };
  }
}

/** Measures one row, round by round. */
class Measuring {
  readonly #measured = new Readings();
  readonly #yardstick = new Readings();
  readonly #ratios: number[] = [];

  constructor(readonly row: Row) {}

  async measure(round: Round): Promise<void> {
    const { row } = this;
    const measured = await this.#measured.read((round) => row.measure(round), round);
    const { yardstick } = row;
    if (yardstick === undefined) return;
    const other = await this.#yardstick.read((round) => yardstick.measure(round), round);
    if (measured !== undefined && other !== undefined) this.#ratios.push(compare(row.target, measured, other));
  }

  outcome(): RowOutcome {
    return {
      row: this.row,
      measured: this.#measured.summary(),
      yardstick: this.row.yardstick === undefined ? undefined : this.#yardstick.summary(),
      ratio: spreadOf(this.#ratios),
    };
  }
}

/** Measures the wanted rows of all sections. Yields the outcomes of a section when all of its rounds are over. */
export async function* measureAll(plan: Plan, setting: Setting): AsyncGenerator<readonly RowOutcome[]> {
  for (const section of plan.sections) {
    const rows = section.rows(plan.size).filter(plan.isWanted).map((row) => new Measuring(row));
    if (rows.length === 0) continue;
    const rounds = Math.min(plan.rounds, section.mostRounds ?? Infinity);
    for (let number = 1; number <= rounds; number++) {
      await using round = beginRound(setting);
      for (const measuring of rows) {
        plan.tell(`round ${number} of ${rounds}: ${measuring.row.name}`);
        await measuring.measure(round);
      }
    }
    yield rows.map((measuring) => measuring.outcome());
  }
}
