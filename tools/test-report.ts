export type Group = {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly note?: string;
};

export function sumUp(groups: readonly Group[]) {
  const sum = (key: "passed" | "failed" | "skipped") =>
    groups.reduce((total, group) => total + group[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

export function tableOf(groups: readonly Group[]): string {
  const rows = groups.map((group) => [
    group.failed > 0 ? "✗" : group.skipped > 0 && group.passed === 0 ? "–" : "✓",
    group.name,
    `${group.passed} passed`,
    group.failed > 0 ? `${group.failed} failed` : "",
    group.skipped > 0 ? `${group.skipped} skipped` : "",
    group.note ?? "",
  ]);
  return alignColumns(rows);
}

/** Columns as wide as their widest cell, none after the last. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
