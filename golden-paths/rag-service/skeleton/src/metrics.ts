import type { Answer } from "./ask.ts";

export type Outcome = "found" | "not_found" | "invalid" | "refused" | "failed";

/** What `/metrics` tells, in Prometheus' text format. */
export type Metrics = {
  countAnswer(answer: Answer): void;
  countRefusal(outcome: Outcome): void;
  toText(): string;
};

const ttftBucketsMs = [25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

export function createMetrics(): Metrics {
  const asked = new Map<Outcome, number>();
  const totals = { inputTokens: 0, outputTokens: 0, costMicroUsd: 0, unpriced: 0 };
  const ttft = { count: 0, sumMs: 0, atMost: new Map<number, number>() };
  const count = (outcome: Outcome) => asked.set(outcome, (asked.get(outcome) ?? 0) + 1);
  return {
    countRefusal: count,
    countAnswer: ({ found, usage, ttftMs }) => {
      count(found ? "found" : "not_found");
      totals.inputTokens += usage.inputTokens;
      totals.outputTokens += usage.outputTokens;
      if (usage.costMicroUsd === null) totals.unpriced += 1;
      else totals.costMicroUsd += usage.costMicroUsd;
      if (ttftMs === null) return;
      ttft.count += 1;
      ttft.sumMs += ttftMs;
      for (const bucket of ttftBucketsMs.filter((limit) => ttftMs <= limit)) {
        ttft.atMost.set(bucket, (ttft.atMost.get(bucket) ?? 0) + 1);
      }
    },
    toText: () =>
      [
        "# TYPE ask_total counter",
        ...[...asked].map(([outcome, n]) => `ask_total{outcome="${outcome}"} ${n}`),
        "# TYPE ask_input_tokens_total counter",
        `ask_input_tokens_total ${totals.inputTokens}`,
        "# TYPE ask_output_tokens_total counter",
        `ask_output_tokens_total ${totals.outputTokens}`,
        "# TYPE ask_cost_micro_usd_total counter",
        `ask_cost_micro_usd_total ${totals.costMicroUsd}`,
        "# HELP ask_unpriced_total Answers whose cost is not in the sum, because a price is unknown.",
        "# TYPE ask_unpriced_total counter",
        `ask_unpriced_total ${totals.unpriced}`,
        "# TYPE ask_time_to_first_token_ms histogram",
        ...ttftBucketsMs.map(
          (limit) => `ask_time_to_first_token_ms_bucket{le="${limit}"} ${ttft.atMost.get(limit) ?? 0}`,
        ),
        `ask_time_to_first_token_ms_bucket{le="+Inf"} ${ttft.count}`,
        `ask_time_to_first_token_ms_sum ${ttft.sumMs}`,
        `ask_time_to_first_token_ms_count ${ttft.count}`,
        "",
      ].join("\n"),
  };
}
