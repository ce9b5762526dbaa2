import type { LogLine } from "../../ui/log-window.ts";

/** Made-up content for the gallery. */
export const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();

const levels = ["info", "info", "debug", "warn", "error", "stderr", "platform"] as const;

export const logLines: readonly LogLine[] = Array.from({ length: 2_000 }, (_, at) => ({
  key: String(at),
  time: "12:00:00",
  source: `step-${at % 4}`,
  level: levels[at % levels.length] ?? "info",
  text: `line ${at} of two thousand, of which some sixty are in the page`,
}));

export const problem = {
  title: "Limit reached",
  detail: "The budget of docs-bot is used up: $5.00 of $5.00 this month.",
  fix: "Raise the cap, or wait until it resets on the first.",
  code: "budget_exhausted",
  requestId: "req_0198f7a2c9",
  issues: [{ path: "monthlyBudget", message: "is spent" }],
};

export const file = "runner: deno\nentry: src/deno.ts\negress: [gateway]\n";

export const diff = `--- a/prompt.yaml
+++ b/prompt.yaml
@@ -3,3 +3,4 @@
 system: |
-  Answer from the passages.
+  Answer from the passages only.
+  Quote the sentences you use.
 variables: []
`;

export const files = [
  { path: "src/answer.ts", content: "export function answer() {}\n", verb: "create" },
  { path: "src/lib/rank.ts", content: undefined, verb: "create" },
  { path: "prompt.yaml", content: diff, verb: "update" },
];

export const groups = ["platform", "product", "finance", "data-science"].map((name) => ({
  value: `group:default/${name}`,
  label: name,
  detail: `group:${name}`,
}));
