import { expect, test } from "vitest";
import { canMoveRun, runState, type StepState } from "@causeway/contract";
import { refuseCancel } from "./refusals.ts";

const steps = (...states: StepState[]) => states.map((state, at) => ({ id: `s${at}`, state }));

test.each(runState.options)(
  "a run in state %s is cancelled only where the state table allows it",
  (state) => {
    const refusal = refuseCancel({ id: "run_1", state, steps: steps("pending") });
    if (!refusal) expect(canMoveRun(state, "cancelled")).toBe(true);
  },
);

test.each([
  ["nothing begun", steps("pending", "skipped"), undefined],
  ["a step in flight", steps("done", "running"), "s0, s1"],
])("a running run with %s", (_name, states, named) => {
  const refusal = refuseCancel({ id: "run_1", state: "running", steps: states });
  if (named === undefined) expect(refusal).toBeUndefined();
  else expect(refusal?.message).toContain(named);
});
