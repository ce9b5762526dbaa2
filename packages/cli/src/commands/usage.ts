import { usageGroupBy, type UsageReport } from "@causeway/contract";
import { z } from "zod";
import { getUsage } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatCost, formatDuration, formatNumber, shortRef } from "../terminal/format-value.ts";
import type { Style } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";

const isoDay = z.union([z.iso.date(), z.iso.datetime()], {
  error: "write a day (2026-01-31) or a time (2026-01-31T08:00:00Z)",
});

export const usage = defineCommand({
  name: "usage",
  group: "Services and spend",
  summary: "Show calls, tokens, cost and latency of the model gateway",
  description:
    "Adds up the ledger of the model gateway, by default for the present month. Notional cost, at the example price " +
    "of an offline stand-in, stands in its own column and is never added to real money.",
  examples: [
    ["causeway usage", "this month, by who called"],
    ["causeway usage --by model", "by model"],
    ["causeway usage --by day --principal component:docs-bot", "one service day by day"],
  ],
  configure: (command) =>
    command
      .option("--by <what>", `group by ${usageGroupBy.options.join(", ")}`, "principal")
      .option("--from <time>", "from this day or time on")
      .option("--to <time>", "up to this day or time")
      .option("--principal <ref>", "only calls of this principal"),
  input: z.object({
    by: usageGroupBy,
    from: isoDay.optional(),
    to: isoDay.optional(),
    principal: z.string().optional(),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const report = await getUsage(clientOf(context), {
      groupBy: input.by,
      from: input.from && new Date(input.from).toISOString(),
      to: input.to && new Date(input.to).toISOString(),
      principal: input.principal,
    });
    const lines = usageLines(report, context.output.style);
    printResult(context, input, { document: report, lines });
    return exitCodes.done;
  },
});

function usageLines(report: UsageReport, style: Style): string[] {
  const period = style.dim(`${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}`);
  if (report.rows.length === 0) return [period, "No calls."];
  const table = tableLines(
    [...report.rows, { ...report.total, key: "total" }],
    [
      { title: report.groupBy.toUpperCase(), value: (row) => shortRef(row.key) },
      { title: "CALLS", value: (row) => formatNumber(row.requests), align: "right" },
      { title: "FAILED", value: (row) => formatNumber(row.failed), align: "right" },
      { title: "TOKENS IN", value: (row) => formatNumber(row.inputTokens), align: "right" },
      { title: "OUT", value: (row) => formatNumber(row.outputTokens), align: "right" },
      { title: "COST", value: (row) => formatCost(row.costMicroUsd, false), align: "right" },
      {
        title: "NOTIONAL",
        value: (row) => formatCost(row.notionalMicroUsd, false),
        align: "right",
      },
      { title: "P50", value: (row) => optionalMs(row.p50DurationMs), align: "right" },
      { title: "P95", value: (row) => optionalMs(row.p95DurationMs), align: "right" },
      { title: "FIRST TOKEN", value: (row) => optionalMs(row.p50TtftMs), align: "right" },
    ],
    style,
  );
  const unpriced = report.total.unpriced;
  const remark = `${formatNumber(unpriced)} calls have no known price: their cost is in neither sum.`;
  return [period, ...table, ...(unpriced > 0 ? [style.warn(remark)] : [])];
}

function optionalMs(ms: number | null): string {
  return ms === null ? "–" : formatDuration(ms);
}
