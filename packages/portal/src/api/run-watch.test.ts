import type { RunStreamEvent, RunView, StepView } from "@causeway/contract";
import { expect, test } from "vitest";
import { afterLog, foldRunEvents, initialRunWatch } from "./run-watch.ts";

const step = (id: string, state: StepView["state"]): StepView => ({
  id,
  name: id,
  action: "debug:log",
  version: 1,
  dependsOn: [],
  state,
  attempt: 1,
  startedAt: null,
  finishedAt: null,
  progress: null,
  output: null,
  error: null,
});

const run: RunView = {
  id: "run_1",
  title: "Create docs-bot",
  state: "running",
  principal: "user:default/admin",
  templateRef: null,
  createdAt: "2030-01-01T00:00:00Z",
  startedAt: "2030-01-01T00:00:01Z",
  finishedAt: null,
  stepsDone: 0,
  stepsTotal: 2,
  plan: { title: "Create docs-bot", parameters: {}, steps: [], output: {} },
  planHash: "h",
  preview: null,
  steps: [step("a", "running"), step("b", "pending")],
  error: null,
  output: null,
  changes: [],
};

const log = (seq: number): RunStreamEvent => ({
  kind: "log",
  line: { seq, at: "2030-01-01T00:00:02Z", stepId: "a", level: "info", message: `line ${seq}` },
});

test("steps, progress and state follow the stream", () => {
  const watch = foldRunEvents(initialRunWatch, [
    { kind: "run", run },
    { kind: "progress", stepId: "a", done: 3, total: 9, unit: "files" },
    { kind: "step", step: step("a", "done") },
    { kind: "progress", stepId: "b", done: 1, total: 2, unit: "chunks" },
    { kind: "end", state: "done" },
  ]);
  expect(watch.connection).toBe("ended");
  expect(watch.run).toMatchObject({ state: "done", stepsDone: 1 });
  expect(watch.run?.steps.map((each) => [each.state, each.progress?.done])).toEqual([
    ["done", undefined],
    ["pending", 1],
  ]);
});

test("lines that are sent again after a reconnect are not shown twice", () => {
  const first = foldRunEvents(initialRunWatch, [{ kind: "run", run }, log(0), log(1)]);
  const second = foldRunEvents({ ...first, connection: "lost" }, [
    { kind: "run", run },
    log(0),
    log(1),
    log(2),
  ]);
  expect(second.log.map((line) => line.seq)).toEqual([0, 1, 2]);
  expect(second.connection).toBe("live");
  expect(afterLog(second)).toBe(2);
});

test("a watcher who missed the whole view waits for it", () => {
  const watch = foldRunEvents(initialRunWatch, [{ kind: "step", step: step("a", "done") }]);
  expect(watch.run).toBeUndefined();
});
