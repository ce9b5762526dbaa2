import { defineAction, InvalidError, noCost, type AnyAction, type Plan } from "@causeway/contract";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { hashPlan, savePlan, sortSteps } from "./plan.ts";
import { createRegistry } from "./registry.ts";

function action(id: string, version = 1, input: z.ZodType = z.strictObject({})): AnyAction {
  return defineAction({
    id,
    version,
    title: id,
    input,
    output: z.strictObject({ name: z.string() }),
    undoRecord: z.strictObject({}),
    effects: { writes: [], reads: [], risk: "low", undo: "restore", cost: "none" },
    preview: async () => ({ summary: "", changes: [], resources: [], cost: noCost, output: {} }),
    execute: async () => ({ output: { name: "" }, undo: {} }),
  });
}

const plain = (text: string): string => `#${text}`;
const registry = createRegistry([action("a:one"), action("a:two", 1), action("a:two", 3)], plain);

function plan(...steps: Plan["steps"]): Plan {
  return { title: "t", parameters: {}, output: {}, steps };
}
const step = (id: string, others: Partial<Plan["steps"][number]> = {}): Plan["steps"][number] => ({
  id,
  action: "a:one",
  input: {},
  ...others,
});

function issuesOf(work: () => unknown): readonly unknown[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidError) return error.issues;
    throw error;
  }
  return [];
}

test("a saved step pins the newest version, the input schema and what it waits for", () => {
  const saved = savePlan(
    plan(step("a"), step("b", { action: "a:two" }), step("c", { dependsOn: [] })),
    registry,
  );
  expect(saved.steps.map(({ version, dependsOn }) => ({ version, dependsOn }))).toEqual([
    { version: 1, dependsOn: [] },
    { version: 3, dependsOn: ["a"] },
    { version: 1, dependsOn: [] },
  ]);
  expect(saved.steps[0]?.inputSchemaHash).toContain('"type":"object"');
});

test("a named version is kept, not the newest", () => {
  const saved = savePlan(plan(step("a", { action: "a:two", version: 1 })), registry);
  expect(saved.steps[0]?.version).toBe(1);
});

test("another input schema is another hash", () => {
  const other = createRegistry([action("a:one", 1, z.strictObject({ name: z.string() }))], plain);
  expect(registry.find("a:one")?.inputSchemaHash).not.toBe(other.find("a:one")?.inputSchemaHash);
});

test.each([
  [
    "an unknown action",
    [step("a", { action: "a:none" })],
    [{ path: "steps.a.action", message: 'there is no action "a:none"; known are a:one, a:two' }],
  ],
  [
    "an unknown version",
    [step("a", { action: "a:two", version: 2 })],
    [{ path: "steps.a.action", message: 'action "a:two" has no version 2; the newest is 3' }],
  ],
  [
    "two steps of one id",
    [step("a"), step("a", { dependsOn: [] })],
    [{ path: "steps.a", message: "two steps have this id; give each its own" }],
  ],
  [
    "an unknown dependency",
    [step("a", { dependsOn: ["z"] })],
    [{ path: "steps.a.dependsOn", message: 'there is no step "z" in this plan' }],
  ],
  [
    "a cycle",
    [step("x"), step("a", { dependsOn: ["c"] }), step("b"), step("c", { dependsOn: ["b", "x"] })],
    [{ path: "steps.a.dependsOn", message: "waits for itself: a → c → b → a" }],
  ],
  [
    "a step that waits for itself",
    [step("a", { dependsOn: ["a"] })],
    [{ path: "steps.a.dependsOn", message: "waits for itself: a → a" }],
  ],
])("%s is refused with its place", (_name, steps, issues) => {
  expect(issuesOf(() => savePlan(plan(...steps), registry))).toEqual(issues);
});

test("the same action and version registered twice stops the program", () => {
  expect(() => createRegistry([action("a:one"), action("a:one")], plain)).toThrow("a:one@1");
});

const graph = fc.array(fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 10,
});

test("any graph is either sorted so that each step comes after what it waits for, or refused as a cycle", () => {
  fc.assert(
    fc.property(graph, (waits) => {
      const steps = waits.map((numbers, at) =>
        step(`s${at}`, { dependsOn: [...new Set(numbers.map((n) => `s${n % waits.length}`))] }),
      );
      const issues = issuesOf(() => savePlan(plan(...steps), registry));
      const sorted = sortSteps(
        steps.map((one) => ({ id: one.id, dependsOn: one.dependsOn ?? [] })),
      );
      if (issues.length === 0) {
        expect(sorted.length).toBe(steps.length);
        const before = new Set<string>();
        for (const one of sorted) {
          expect(one.dependsOn.every((id) => before.has(id))).toBe(true);
          before.add(one.id);
        }
      } else {
        expect(sorted.length).toBeLessThan(steps.length);
      }
    }),
    { seed: 7400 },
  );
});

/** The same data with its keys put in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, v]) => [key, shuffled(v)]),
  );
}

test("a plan's hash does not depend on the order of keys, and changes with any value", () => {
  const json = fc.dictionary(
    fc.string(),
    fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as never),
  );
  fc.assert(
    fc.property(json, (input) => {
      const saved = savePlan(plan(step("a", { input })), registry);
      const other = { ...saved, ...(shuffled(saved) as typeof saved) }; // the same plan
      expect(hashPlan(other, plain)).toBe(hashPlan(saved, plain));
      const changed = { ...saved, parameters: { extra: 1 } };
      expect(hashPlan(changed, plain)).not.toBe(hashPlan(saved, plain));
    }),
    { seed: 7400 },
  );
});
