import type { UsageReport } from "@causeway/contract";
import { expect, test } from "vitest";
import { toSpendSeries } from "./spend-series.ts";

const row = (key: string, costMicroUsd: number, notionalMicroUsd: number) => ({
  key,
  requests: 1,
  failed: 0,
  inputTokens: 10,
  outputTokens: 10,
  costMicroUsd,
  notionalMicroUsd,
  unpriced: 0,
  p50DurationMs: null,
  p95DurationMs: null,
  p50TtftMs: null,
});

const report = (rows: UsageReport["rows"], total: UsageReport["total"]): UsageReport => ({
  groupBy: "hour",
  from: "2030-05-01T00:00:00Z",
  to: "2030-05-03T10:30:00Z",
  rows,
  total,
});
const now = Date.parse("2030-05-03T10:30:00Z");

test("an hour without calls is a zero, and the last day is shown whole", () => {
  const usage = report([row("2030-05-03T09:00:00Z", 500, 0)], row("total", 500, 0));
  const { times, series } = toSpendSeries(usage, "hour", now);
  expect(times).toHaveLength(24);
  expect(new Date(times[23] ?? 0).toISOString()).toBe("2030-05-03T10:00:00.000Z");
  expect(series).toHaveLength(1);
  expect(series[0]?.values.slice(-3)).toEqual([0, 500, 0]);
});

test("notional money is a series of its own, and real money is left out where there is none", () => {
  const usage = report([row("2030-05-02T00:00:00Z", 0, 70)], row("total", 0, 70));
  const { times, series } = toSpendSeries(usage, "day", now);
  expect(times).toHaveLength(3);
  expect(series).toEqual([{ name: "Notional spend", look: "faint", values: [0, 70, 0] }]);
});
