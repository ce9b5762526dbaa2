import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decide, type StepStatus } from "./decide.ts";

function step(id: string, state: StepStatus["state"], ...dependsOn: string[]): StepStatus {
  return { id, state, dependsOn };
}

test.each<[string, StepStatus[], ReturnType<typeof decide>]>([
  [
    "steps that wait for nothing start together",
    [step("a", "pending"), step("b", "pending"), step("c", "pending", "a")],
    { kind: "start", stepIds: ["a", "b"] },
  ],
  [
    "a step starts when all it waits for are over, done or skipped",
    [step("a", "done"), step("b", "skipped"), step("c", "pending", "a", "b")],
    { kind: "start", stepIds: ["c"] },
  ],
  [
    "a step starts while another still runs",
    [step("a", "done"), step("b", "running"), step("c", "pending", "a")],
    { kind: "start", stepIds: ["c"] },
  ],
  [
    "a running step is waited for",
    [step("a", "running"), step("b", "pending", "a")],
    { kind: "wait" },
  ],
  [
    "after a failure what runs is let finish",
    [step("a", "failed"), step("b", "running"), step("c", "pending")],
    { kind: "wait" },
  ],
  [
    "after a failure nothing new starts",
    [step("a", "failed"), step("b", "done"), step("c", "pending")],
    { kind: "fail", stepIds: ["a"] },
  ],
  ["no steps are finished steps", [], { kind: "finish" }],
  ["all over is finished", [step("a", "done"), step("b", "skipped", "a")], { kind: "finish" }],
])("%s", (_name, steps, decision) => {
  expect(decide(steps)).toEqual(decision);
});

test("steps that wait for each other are a bug, not an endless wait", () => {
  expect(() => decide([step("a", "pending", "b"), step("b", "pending", "a")])).toThrow("cycle");
});

/** A graph without cycles: a step waits only for earlier ones. */
const graph = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((waits) =>
    waits.map((numbers, at) =>
      step(`s${at}`, "pending", ...new Set(at === 0 ? [] : numbers.map((n) => `s${n % at}`))),
    ),
  );

test("whatever the graph and however steps end, each starts once, after what it waits for, until all is over", () => {
  fc.assert(
    fc.property(graph, fc.infiniteStream(fc.nat()), (steps, numbers) => {
      const next = (): number => numbers.next().value ?? 0;
      const states = new Map(steps.map((one) => [one.id, one.state]));
      const started: string[] = [];
      for (;;) {
        const now = steps.map((one) => ({ ...one, state: states.get(one.id) ?? "pending" }));
        const decision = decide(now);
        if (decision.kind === "start") {
          for (const id of decision.stepIds) {
            const waits = steps.find((one) => one.id === id)?.dependsOn ?? [];
            expect(waits.every((on) => ["done", "skipped"].includes(states.get(on) ?? ""))).toBe(
              true,
            );
            started.push(id);
            states.set(id, next() % 7 === 0 ? "skipped" : "running");
          }
          continue;
        }
        const running = [...states].filter(([, state]) => state === "running").map(([id]) => id);
        if (decision.kind === "wait") {
          const ended = running[next() % running.length] ?? "none runs";
          states.set(ended, next() % 9 === 0 ? "failed" : "done");
          continue;
        }
        expect(running).toEqual([]);
        expect(new Set(started).size).toBe(started.length);
        const hasFailed = [...states.values()].includes("failed");
        expect(decision.kind).toBe(hasFailed ? "fail" : "finish");
        if (!hasFailed) expect(started.length).toBe(steps.length);
        return;
      }
    }),
    { seed: 7400, numRuns: 300 },
  );
});
