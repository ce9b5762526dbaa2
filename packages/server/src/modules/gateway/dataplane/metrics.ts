/** Counters of one gateway process in Prometheus' text format. No I/O. */
export type Metrics = ReturnType<typeof createMetrics>;
type Labels = Readonly<Record<string, string>>;

const help = {
  causeway_gateway_requests_total: ["counter", "Attempts at a target by route, model, outcome"],
  causeway_gateway_tokens_total: ["counter", "Tokens by model and direction"],
  causeway_gateway_cost_micro_usd_total: ["counter", "Cost; notional money has its own label"],
  causeway_gateway_unpriced_total: ["counter", "Attempts whose price is unknown: in no cost"],
  causeway_gateway_estimated_total: ["counter", "Attempts settled by estimate"],
  causeway_gateway_overrun_total: ["counter", "Attempts that cost more than their worst case"],
  causeway_gateway_replays_total: ["counter", "Repeated calls answered from disk"],
  causeway_gateway_refusals_total: ["counter", "Calls the gateway refused, by code"],
  causeway_gateway_malformed_frames_total: ["counter", "Frames of a stream that were no JSON"],
  causeway_gateway_in_flight: ["gauge", "Model calls under way"],
  causeway_gateway_spool_bytes: ["gauge", "Journal not acknowledged by the control plane"],
  causeway_gateway_snapshot_version: ["gauge", "Version of the settings in use"],
  causeway_gateway_control_connected: ["gauge", "1 while the control plane answers"],
  causeway_gateway_duration_seconds: ["histogram", "Whole attempt"],
  causeway_gateway_first_token_seconds: ["histogram", "Until the first token of a stream"],
} as const;
export type MetricName = keyof typeof help;

const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Histogram = { readonly counts: number[]; sum: number; count: number };

export function createMetrics() {
  const values = new Map<MetricName, Map<string, number>>();
  const histograms = new Map<MetricName, Map<string, Histogram>>();
  return {
    add: (name: MetricName, labels: Labels, amount = 1): void => {
      const series = values.get(name) ?? new Map<string, number>();
      values.set(name, series);
      const key = labelText(labels);
      series.set(key, (series.get(key) ?? 0) + amount);
    },
    set: (name: MetricName, amount: number): void => {
      values.set(name, new Map([["", amount]]));
    },
    observe: (name: MetricName, labels: Labels, seconds: number): void => {
      const series = histograms.get(name) ?? new Map<string, Histogram>();
      histograms.set(name, series);
      const key = labelText(labels);
      const found = series.get(key) ?? { counts: bucketsSeconds.map(() => 0), sum: 0, count: 0 };
      series.set(key, found);
      const bucket = bucketsSeconds.findIndex((bound) => seconds <= bound);
      if (bucket !== -1) found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
      found.sum += seconds;
      found.count += 1;
    },
    render: (): string => render(values, histograms),
  };
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/["\\\n]/g, "_")}"`,
  );
  return parts.join(",");
}

function render(
  values: ReadonlyMap<MetricName, ReadonlyMap<string, number>>,
  histograms: ReadonlyMap<MetricName, ReadonlyMap<string, Histogram>>,
): string {
  const lines: string[] = [];
  const head = (name: MetricName): void => {
    lines.push(`# HELP ${name} ${help[name][1]}`, `# TYPE ${name} ${help[name][0]}`);
  };
  for (const [name, series] of values) {
    head(name);
    for (const [labels, value] of series) lines.push(`${name}${braced(labels)} ${value}`);
  }
  for (const [name, series] of histograms) {
    head(name);
    for (const [labels, histogram] of series) lines.push(...renderOne(name, labels, histogram));
  }
  return `${lines.join("\n")}\n`;
}

function renderOne(name: string, labels: string, { counts, sum, count }: Histogram): string[] {
  const prefix = labels === "" ? "" : `${labels},`;
  let below = 0;
  const buckets = bucketsSeconds.map((bound, index) => {
    below += counts[index] ?? 0;
    return `${name}_bucket{${prefix}le="${bound}"} ${below}`;
  });
  return [
    ...buckets,
    `${name}_bucket{${prefix}le="+Inf"} ${count}`,
    `${name}_sum${braced(labels)} ${sum}`,
    `${name}_count${braced(labels)} ${count}`,
  ];
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
