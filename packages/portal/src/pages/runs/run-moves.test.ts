import { runState } from "@causeway/contract";
import { expect, test } from "vitest";
import { movesOf, usualDurationMs } from "./run-moves.ts";

test("each state offers what the platform allows", () => {
  const moves = Object.fromEntries(
    runState.options.map((state) => [state, movesOf(state).join(" ")]),
  );
  expect(moves).toEqual({
    draft: "cancel",
    previewed: "start cancel",
    waiting_approval: "cancel",
    ready: "cancel",
    running: "cancel",
    waiting: "cancel",
    failed: "retry",
    compensating: "",
    needs_human: "retry",
    done: "",
    rolled_back: "",
    cancelled: "",
  });
});

test("the usual duration is the middle one, and unknown without a finished run", () => {
  const run = (seconds: number | null) => ({
    startedAt: "2030-01-01T00:00:00.000Z",
    finishedAt:
      seconds === null ? null : new Date(Date.UTC(2030, 0, 1, 0, 0, seconds)).toISOString(),
  });
  expect(usualDurationMs([run(9), run(2), run(50), run(null)])).toBe(9_000);
  expect(usualDurationMs([run(null)])).toBeUndefined();
});
