import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  CircleX,
  Hourglass,
  LoaderCircle,
  Undo2,
  type LucideIcon,
} from "lucide-react";
import { cx } from "./cx.ts";

/** The closed vocabulary of states. `pending` is the one that only parts of a whole can have. */
export type StatusKind =
  | "running"
  | "waitingForApproval"
  | "succeeded"
  | "failed"
  | "rolledBack"
  | "paused"
  | "pending"
  | "unknown";

export const statusWords: Record<StatusKind, string> = {
  running: "Running",
  waitingForApproval: "Waiting for approval",
  succeeded: "Succeeded",
  failed: "Failed",
  rolledBack: "Rolled back",
  paused: "Paused",
  pending: "Pending",
  unknown: "Unknown",
};

const drawings: Record<StatusKind, { readonly icon: LucideIcon; readonly colour: string }> = {
  running: { icon: LoaderCircle, colour: "text-info" },
  waitingForApproval: { icon: Hourglass, colour: "text-warn" },
  succeeded: { icon: CircleCheck, colour: "text-good" },
  failed: { icon: CircleX, colour: "text-bad" },
  rolledBack: { icon: Undo2, colour: "text-warn" },
  paused: { icon: CirclePause, colour: "text-unknown" },
  pending: { icon: CircleDashed, colour: "text-muted" },
  unknown: { icon: CircleHelp, colour: "text-unknown" },
};

export type StatusProps = {
  readonly kind: StatusKind;
  /** A more exact word for the same kind, such as "Healthy". */
  readonly word?: string | undefined;
  readonly size?: "small" | "large";
};

export function Status({ kind, word, size = "small" }: StatusProps) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap",
        size === "large" ? "text-14" : "text-13",
        drawings[kind].colour,
      )}
    >
      <StatusIcon kind={kind} />
      {word ?? statusWords[kind]}
    </span>
  );
}

/** The icon alone, where the word stands close by or is given as a label. */
export function StatusIcon({ kind, label }: { kind: StatusKind; label?: string }) {
  const { icon: Icon, colour } = drawings[kind];
  return (
    <Icon
      {...(label === undefined ? { "aria-hidden": true } : { "aria-label": label, role: "img" })}
      className={cx("size-4 shrink-0", colour, kind === "running" && "animate-turn")}
    />
  );
}
