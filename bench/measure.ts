/** One line of a result: `lane` is the situation, `target` what was put into it, `metric` what was measured. */
export type Row = {
  readonly lane: string;
  readonly target: string;
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly rounds: number;
};

/** What a `<name>.bench.ts` exports as `bench`. `say` tells a person what goes on. */
export type Bench = (say: (text: string) => void) => Promise<readonly Row[]>;

type What = Pick<Row, "lane" | "target" | "metric" | "unit">;

/** One row of the values of all rounds. */
export function toRow(what: What, rounds: readonly number[]): Row {
  return {
    ...what,
    median: round(quantile(rounds, 0.5)),
    p25: round(quantile(rounds, 0.25)),
    p75: round(quantile(rounds, 0.75)),
    rounds: rounds.length,
  };
}

/** Linear between the neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Three significant figures say all that a bench can know. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
