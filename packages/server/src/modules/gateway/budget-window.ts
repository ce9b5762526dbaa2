/** Windows are calendar days and months of UTC: the same everywhere, told in every refusal. */
export type BudgetWindow = { readonly start: string; readonly end: string };

export function windowAt(kind: "day" | "month", now: Date): BudgetWindow {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const isDay = kind === "day";
  const start = Date.UTC(year, month, isDay ? now.getUTCDate() : 1);
  const end = isDay ? Date.UTC(year, month, now.getUTCDate() + 1) : Date.UTC(year, month + 1, 1);
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}
