import type { RunState, ServiceView, StepState } from "@causeway/contract";
import type { StatusKind } from "../ui/Status.tsx";

/** The platform's states in the closed vocabulary of the portal, with the exact word where it says more. */
export type StatusOf = { readonly kind: StatusKind; readonly word: string };

const ofRun: Readonly<Record<RunState, StatusOf>> = {
  draft: { kind: "paused", word: "Draft" },
  previewed: { kind: "paused", word: "Previewed, not started" },
  waiting_approval: { kind: "waitingForApproval", word: "Waiting for approval" },
  ready: { kind: "running", word: "Starting" },
  running: { kind: "running", word: "Running" },
  waiting: { kind: "paused", word: "Waiting" },
  failed: { kind: "failed", word: "Failed" },
  compensating: { kind: "running", word: "Rolling back" },
  needs_human: { kind: "failed", word: "Needs a person" },
  done: { kind: "succeeded", word: "Succeeded" },
  rolled_back: { kind: "rolledBack", word: "Rolled back" },
  cancelled: { kind: "paused", word: "Cancelled" },
};

export function runStatus(state: RunState): StatusOf {
  return ofRun[state];
}

const ofStep: Readonly<Record<StepState, StatusOf>> = {
  pending: { kind: "pending", word: "Pending" },
  running: { kind: "running", word: "Running" },
  done: { kind: "succeeded", word: "Done" },
  failed: { kind: "failed", word: "Failed" },
  skipped: { kind: "paused", word: "Skipped" },
  undoing: { kind: "running", word: "Being undone" },
  undone: { kind: "rolledBack", word: "Undone" },
};

export function stepStatus(state: StepState): StatusOf {
  return ofStep[state];
}

const ofHealth: Readonly<Record<ServiceView["health"], StatusOf>> = {
  starting: { kind: "running", word: "Starting" },
  healthy: { kind: "succeeded", word: "Healthy" },
  unhealthy: { kind: "failed", word: "Unhealthy" },
  restarting: { kind: "running", word: "Restarting" },
  stopped: { kind: "paused", word: "Stopped" },
  failed: { kind: "failed", word: "Failed" },
  unknown: { kind: "unknown", word: "Unknown" },
};

export function healthStatus(health: ServiceView["health"]): StatusOf {
  return ofHealth[health];
}
