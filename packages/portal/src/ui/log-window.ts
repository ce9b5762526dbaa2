export type LogLine = {
  readonly key: string;
  /** Clock time, ready to show. */
  readonly time: string;
  readonly source?: string | undefined;
  readonly level: "debug" | "info" | "warn" | "error" | "stderr" | "platform";
  readonly text: string;
};

export const logRowHeight = 20;
const overscan = 20;

/** The rows to draw for a scroll position: of ten thousand lines some sixty are in the page. */
export function visibleRange(
  scrollTop: number,
  height: number,
  count: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / logRowHeight) - overscan);
  const last = Math.min(count, Math.ceil((scrollTop + height) / logRowHeight) + overscan);
  return { first: Math.min(first, last), last };
}

export function filterLines(lines: readonly LogLine[], query: string): readonly LogLine[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return lines;
  return lines.filter((line) => `${line.source ?? ""} ${line.text}`.toLowerCase().includes(wanted));
}

export function toPlainText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => [line.time, line.source, line.text].filter(Boolean).join("  "))
    .join("\n");
}
