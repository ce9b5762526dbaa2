import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { StatusIcon, statusWords, type StatusKind } from "./Status.tsx";

export type StepItem = {
  readonly id: string;
  readonly title: string;
  readonly state: StatusKind;
  readonly word?: string | undefined;
  readonly aside?: ReactNode;
  readonly detail?: ReactNode;
};

/** Steps along a rail. Choosing one (where `onChoose` is given) narrows what stands beside. */
export function Steps({
  label,
  steps,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly steps: readonly StepItem[];
  readonly chosen?: string | undefined;
  readonly onChoose?: (id: string | undefined) => void;
}) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {steps.map((step, at) => (
        <li key={step.id} className="relative flex gap-3 pb-1">
          {at < steps.length - 1 && (
            <span
              aria-hidden
              className={cx(
                "absolute top-7 -bottom-1 left-[15px] w-px",
                step.state === "succeeded" ? "bg-good/60" : "bg-border",
              )}
            />
          )}
          <div
            className={cx(
              "relative min-w-0 flex-1 rounded-md px-2 py-1.5",
              chosen === step.id && "bg-accent-soft",
              onChoose && chosen !== step.id && "hover:bg-hover",
            )}
          >
            <div className="flex items-start gap-2.5">
              <span className="pt-0.5">
                <StatusIcon kind={step.state} label={step.word ?? statusWords[step.state]} />
              </span>
              <StepTitle step={step} isChosen={chosen === step.id} onChoose={onChoose} />
              <span className="tabular shrink-0 pt-px text-12 text-muted">{step.aside}</span>
            </div>
            {step.detail !== undefined && <div className="relative z-10 pl-6.5">{step.detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepTitle({
  step,
  isChosen,
  onChoose,
}: {
  readonly step: StepItem;
  readonly isChosen: boolean;
  readonly onChoose: ((id: string | undefined) => void) | undefined;
}) {
  const look = cx(
    "min-w-0 flex-1 text-left text-13",
    step.state === "pending" ? "text-muted" : "font-medium",
  );
  if (!onChoose) return <span className={look}>{step.title}</span>;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={() => onChoose(isChosen ? undefined : step.id)}
      className={cx(look, "rounded-sm after:absolute after:inset-0 after:rounded-md")}
    >
      {step.title}
    </button>
  );
}

/** Progress inside a step: how much of how much. */
export function Progress({
  label,
  done,
  total,
  unit,
}: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}) {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  return (
    <div className="flex items-center gap-2 pt-1 text-12 text-muted">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className="h-1 flex-1 overflow-hidden rounded-full bg-border"
      >
        <div className="h-full bg-info transition-[width]" style={{ width: `${share * 100}%` }} />
      </div>
      <span className="tabular whitespace-nowrap">
        {done} / {total} {unit}
      </span>
    </div>
  );
}
