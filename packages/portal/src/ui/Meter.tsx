import { cx } from "./cx.ts";
import { formatPercent } from "./format.ts";

export type MeterProps = {
  readonly label: string;
  readonly value: number;
  /** Hatched part after `value`: counted towards the same cap, but of another kind (notional money). */
  readonly hatchedValue?: number;
  readonly cap: number;
  /** The share of the window that has passed: where steady spending would stand now. */
  readonly pace?: number;
  readonly valueText: string;
};

const toneFill = { accent: "bg-accent", warn: "bg-warn", bad: "bg-bad" } as const;
const toneText = { accent: "text-accent", warn: "text-warn", bad: "text-bad" } as const;

/** Burn-down of a cap. The tick shows where steady use would stand today. */
export function Meter({ label, value, hatchedValue = 0, cap, pace, valueText }: MeterProps) {
  const total = value + hatchedValue;
  const share = cap === 0 ? (total > 0 ? 1 : 0) : total / cap;
  const tone = share >= 0.9 ? "bad" : share >= 0.7 ? "warn" : "accent";
  const solid = total === 0 ? 0 : Math.min(1, share) * (value / total);
  const hatched = total === 0 ? 0 : Math.min(1, share) * (hatchedValue / total);
  const used = `${formatPercent(share)} used`;
  const explained =
    pace === undefined
      ? used
      : `${used}; the tick stands where steady use would be now, at ${formatPercent(Math.min(1, pace))}`;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={cap}
      aria-valuenow={Math.min(total, cap)}
      aria-valuetext={`${valueText}, ${explained}`}
      title={explained}
      className="relative h-2 w-full min-w-24 overflow-hidden rounded-full bg-sunken ring-1 ring-border ring-inset"
    >
      <div
        className={cx("absolute inset-y-0 left-0", toneFill[tone])}
        style={{ width: `${solid * 100}%` }}
      />
      <div
        className={cx("striped absolute inset-y-0", toneText[tone])}
        style={{ left: `${solid * 100}%`, width: `${hatched * 100}%` }}
      />
      {pace !== undefined && (
        <div
          className="absolute inset-y-0 w-0.5 bg-text/70"
          style={{ left: `${Math.min(1, pace) * 100}%` }}
        />
      )}
    </div>
  );
}
