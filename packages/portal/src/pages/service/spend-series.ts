import type { UsageReport } from "@causeway/contract";
import type { ChartSeries } from "../../ui/chart-options.ts";
import { formatMoney } from "../../ui/format.ts";

export type SpendGrain = "hour" | "day";
const stepMs = { hour: 3_600_000, day: 86_400_000 } as const;
const hoursShown = 24;

export type SpendSeries = {
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
};

/** One bar per hour of the last day, or per day of the report. An hour without calls spent nothing: that is known, and
 *  drawn as zero. Real and notional money are two series, never one sum. */
export function toSpendSeries(report: UsageReport, grain: SpendGrain, now: number): SpendSeries {
  const step = stepMs[grain];
  const last = Math.floor(now / step) * step;
  const first =
    grain === "hour"
      ? last - (hoursShown - 1) * step
      : Math.floor(Date.parse(report.from) / step) * step;
  const rows = new Map(report.rows.map((row) => [Date.parse(row.key), row]));
  const times = Array.from(
    { length: Math.round((last - first) / step) + 1 },
    (_, at) => first + at * step,
  );
  const series: ChartSeries[] = [];
  if (report.total.costMicroUsd > 0 || report.total.notionalMicroUsd === 0) {
    series.push({
      name: "Spend",
      look: "solid",
      values: times.map((at) => rows.get(at)?.costMicroUsd ?? 0),
    });
  }
  if (report.total.notionalMicroUsd > 0) {
    series.push({
      name: "Notional spend",
      look: "faint",
      values: times.map((at) => rows.get(at)?.notionalMicroUsd ?? 0),
    });
  }
  return { times, series };
}

export function formatChartMoney(microUsd: number): string {
  return formatMoney(Math.round(microUsd));
}

const hourFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

export const formatSpendTime = {
  hour: (at: number) => hourFormat.format(at),
  /** Days of the ledger are days of UTC. */
  day: (at: number) => dayFormat.format(at),
} as const;
