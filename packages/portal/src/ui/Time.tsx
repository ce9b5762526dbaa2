import { formatAbsolute, formatDuration, formatRelative } from "./format.ts";
import { useNow } from "./use-now.ts";

/** Relative; the absolute time on hover. `null` is "never" or what the caller says. */
export function Time({
  at,
  absent = "never",
}: {
  readonly at: string | null | undefined;
  readonly absent?: string;
}) {
  const now = useNow();
  if (!at) return <span className="text-muted">{absent}</span>;
  const moment = Date.parse(at);
  return (
    <time dateTime={at} title={formatAbsolute(moment)} className="tabular whitespace-nowrap">
      {formatRelative(moment, now)}
    </time>
  );
}

export type ElapsedProps = { readonly from: string | null; readonly to: string | null };

/** How long it took, or how long it takes so far. */
export function Elapsed({ from, to }: ElapsedProps) {
  if (from === null) return null;
  if (to === null) return <RunningElapsed from={from} />;
  return <DurationText durationMs={Date.parse(to) - Date.parse(from)} />;
}

function RunningElapsed({ from }: { readonly from: string }) {
  const now = useNow("fast");
  return <DurationText durationMs={Math.max(0, now - Date.parse(from))} />;
}

export function DurationText({ durationMs }: { readonly durationMs: number | null }) {
  if (durationMs === null) return <Unknown why="not measured" />;
  return <span className="tabular whitespace-nowrap">{formatDuration(durationMs)}</span>;
}

/** What is not known is said, never shown as zero (I12). */
export function Unknown({ why }: { readonly why?: string }) {
  return (
    <span className="hatched rounded-sm px-1 text-unknown" title={why}>
      unknown
    </span>
  );
}
