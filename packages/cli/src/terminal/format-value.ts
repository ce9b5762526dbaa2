import { formatUsd, type Cost } from "@causeway/contract";

/** `null` is shown as unknown, notional money as such (I12). */
export function formatCost(microUsd: number | null, notional: boolean): string {
  if (microUsd === null) return "unknown";
  return `${formatUsd(microUsd)}${notional && microUsd !== 0 ? " (notional)" : ""}`;
}

export function formatStepCost(cost: Cost): string {
  const monthly =
    cost.monthlyMicroUsd === 0 ? "" : `${formatCost(cost.monthlyMicroUsd, cost.notional)}/month`;
  const once =
    cost.onceMicroUsd === 0 ? "" : `${formatCost(cost.onceMicroUsd, cost.notional)} once`;
  return [monthly, once].filter((part) => part !== "").join(" + ") || "no cost";
}

export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `2026-01-31 14:05:09` in the reader's own time zone. */
export function formatTime(iso: string | null): string {
  if (iso === null) return "–";
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export function formatElapsed(from: string | null, until: string | null): string {
  if (from === null || until === null) return "";
  return formatDuration(Date.parse(until) - Date.parse(from));
}

export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** `component:default/docs-bot` → `component:docs-bot`: the default namespace is left out for people. */
export function shortRef(ref: string): string {
  return ref.replace(":default/", ":");
}
