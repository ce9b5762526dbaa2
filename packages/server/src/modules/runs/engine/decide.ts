import type { StepState } from "@causeway/contract";

/** What is to be done next follows from where the steps stand, and from nothing else: no history is replayed (I2). */
export type StepStatus = {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly state: StepState;
};

export type Decision =
  /** These wait for nothing any more. */
  | { readonly kind: "start"; readonly stepIds: readonly string[] }
  /** Something is running; its end brings the next decision. */
  | { readonly kind: "wait" }
  | { readonly kind: "finish" }
  /** No step is running any more and at least one failed. */
  | { readonly kind: "fail"; readonly stepIds: readonly string[] };

/** After a failure nothing new starts; what runs already is let finish, so that every effect has its record. */
export function decide(steps: readonly StepStatus[]): Decision {
  const isRunning = steps.some((step) => step.state === "running");
  const failed = steps.filter((step) => step.state === "failed");
  if (failed.length > 0) {
    return isRunning ? { kind: "wait" } : { kind: "fail", stepIds: failed.map((step) => step.id) };
  }
  const over = new Set(
    steps.filter((step) => step.state === "done" || step.state === "skipped").map((s) => s.id),
  );
  const ready = steps.filter(
    (step) => step.state === "pending" && step.dependsOn.every((id) => over.has(id)),
  );
  if (ready.length > 0) return { kind: "start", stepIds: ready.map((step) => step.id) };
  if (isRunning) return { kind: "wait" };
  if (over.size === steps.length) return { kind: "finish" };
  throw new Error("steps wait for each other: a saved plan cannot hold a cycle");
}
