import {
  defineAction,
  InvalidError,
  noCost,
  type ActionEffects,
  type Cost,
  type Plan,
} from "@causeway/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import { savePlan } from "./plan.ts";
import { addCosts, findMoved } from "./preview-summary.ts";
import { previewPlan } from "./preview.ts";
import { createRegistry } from "./registry.ts";

const effects: ActionEffects = {
  writes: [],
  reads: [],
  risk: "low",
  undo: "restore",
  cost: "none",
};

/** Knows its whole output before it runs. */
const make = defineAction({
  id: "t:make",
  version: 1,
  title: "Make",
  input: z.strictObject({ name: z.string(), size: z.int().optional() }),
  output: z.strictObject({ ref: z.string() }),
  undoRecord: z.strictObject({}),
  effects,
  preview: async ({ name }) => ({
    summary: `make ${name}`,
    changes: [],
    resources: [{ ref: `thing:${name}`, version: null }],
    cost: noCost,
    output: { ref: `thing:${name}` },
  }),
  execute: async () => ({ output: { ref: "" }, undo: {} }),
});

/** Knows only its address before it runs. */
const publish = defineAction({
  id: "t:publish",
  version: 1,
  title: "Publish",
  input: z.strictObject({}),
  output: z.strictObject({ url: z.string(), commit: z.string() }),
  undoRecord: z.strictObject({}),
  effects: { ...effects, undo: "none", cost: "usage" },
  preview: async () => ({
    summary: "publish",
    changes: [],
    resources: [],
    cost: { monthlyMicroUsd: 0, onceMicroUsd: 5, notional: false },
    output: { url: "https://example.test" },
  }),
  execute: async () => ({ output: { url: "", commit: "" }, undo: {} }),
});

const registry = createRegistry([make, publish], (text) => text);

async function preview(
  steps: (Partial<Plan["steps"][number]> & { id: string })[],
  others: Partial<Plan> = {},
) {
  const full = steps.map((step) => ({ action: "t:make", input: { name: step.id }, ...step }));
  const plan = savePlan(
    { title: "t", parameters: {}, output: {}, ...others, steps: full },
    registry,
  );
  return previewPlan(plan, {
    registry,
    runId: "run_1",
    principal: "user:default/admin",
    workspace: "/nowhere",
    signal: AbortSignal.abort(),
  });
}

async function issuesOf(...args: Parameters<typeof preview>): Promise<readonly unknown[]> {
  const error = await preview(...args).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidError);
  return (error as InvalidError).issues; // checked above
}

test("predicted outputs feed later steps, and what is unknown is said to be unknown", async () => {
  const { preview: seen } = await preview([
    { id: "pub", action: "t:publish", input: {} },
    { id: "url", input: { name: "${{ steps.pub.output.url }}" } },
    { id: "commit", input: { name: "${{ steps.pub.output.commit }}" } },
    { id: "after", input: { name: "${{ steps.commit.output.ref }}" } },
    { id: "skipped", if: "${{ steps.url.output.ref == 'other' }}" },
    { id: "perhaps", if: "${{ steps.pub.output.commit }}" },
  ]);
  expect(seen.steps.map(({ stepId, kind, summary }) => ({ stepId, kind, summary }))).toEqual([
    { stepId: "pub", kind: "known", summary: "publish" },
    { stepId: "url", kind: "known", summary: "make https://example.test" },
    {
      stepId: "commit",
      kind: "unknown",
      summary: 'depends on the output of "pub", known only during the run',
    },
    {
      stepId: "after",
      kind: "unknown",
      summary: 'depends on the output of "commit", known only during the run',
    },
    { stepId: "skipped", kind: "skipped", summary: "skipped: its condition is false" },
    {
      stepId: "perhaps",
      kind: "unknown",
      summary: 'perhaps (its condition depends on the output of "pub"): make perhaps',
    },
  ]);
  expect(seen.undoCoverage).toEqual({ restore: 4, compensate: 0, none: 1, spend: 0 });
  expect(seen.total).toEqual({ monthlyMicroUsd: 0, onceMicroUsd: 5, notional: false });
  expect([seen.policy, seen.evals]).toEqual(["not evaluated", "not run"]);
});

test("a mistake beside an unknown member is found before the run", async () => {
  expect(
    await issuesOf([
      { id: "pub", action: "t:publish", input: {} },
      { id: "make", input: { name: "${{ steps.pub.output.commit }}", size: "big" } },
    ]),
  ).toMatchObject([{ path: "steps.make.input.size" }]);
});

test.each([
  [
    "a step that does not exist",
    [{ id: "a", input: { name: "${{ steps.zz.output.ref }}" } }],
    [{ path: "steps.a.input.name", message: 'there is no step "zz" in this plan' }],
  ],
  [
    "a step that has not run by then",
    [{ id: "a", input: { name: "${{ steps.b.output.ref }}" } }, { id: "b" }],
    [
      {
        path: "steps.a.input.name",
        message: 'step "b" need not have run by then; add it to dependsOn',
      },
    ],
  ],
  [
    "an output that a step never gives",
    [{ id: "a" }, { id: "b", input: { name: "${{ steps.a.output.reff }}" } }],
    [{ path: "steps.b.input.name", message: 't:make of step "a" gives no "reff"; it gives ref' }],
  ],
  [
    "an unknown key of the input",
    [{ id: "a", input: { name: "x", colour: "red" } }],
    [{ path: "steps.a.input", message: 'Unrecognized key: "colour"' }],
  ],
  [
    "each over something else",
    [{ id: "a", each: "${{ 'text' }}" }],
    [{ path: "steps.a.each", message: "must be a list or an object" }],
  ],
])("%s is refused", async (_name, steps, issues) => {
  expect(await issuesOf(steps)).toMatchObject(issues);
});

test("each must be known before the start", async () => {
  expect(
    await issuesOf([
      { id: "pub", action: "t:publish", input: {} },
      { id: "many", each: "${{ steps.pub.output.commit }}" },
    ]),
  ).toMatchObject([{ path: "steps.many.each" }]);
});

test("each expands to its own steps in the preview; an empty one lets its followers go on", async () => {
  const { steps } = await preview(
    [
      { id: "before" },
      {
        id: "many",
        each: "${{ parameters.map }}",
        input: { name: "${{ each.key }}${{ each.value }}" },
      },
      { id: "none", each: [] },
      { id: "end" },
    ],
    { parameters: { map: { x: 1, y: 2 } } },
  );
  expect(steps.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
    ["before", []],
    ["many[0]", ["before"]],
    ["many[1]", ["many[0]"]],
    ["end", ["many[1]"]],
  ]);
});

test("the plan's own output is checked for steps and syntax", async () => {
  expect(
    await issuesOf([{ id: "a" }], { output: { x: "${{ steps.q.output.ref }}", y: "${{ oops" } }),
  ).toMatchObject([{ path: "output.x" }, { path: "output.y" }]);
});

const cost = (monthly: number | null, once: number | null, notional = false): { cost: Cost } => ({
  cost: { monthlyMicroUsd: monthly, onceMicroUsd: once, notional },
});
test.each([
  ["nothing costs nothing", [], cost(0, 0)],
  ["real money adds up", [cost(1, 2), cost(3, 4)], cost(4, 6)],
  ["unknown stays unknown", [cost(1, 2), cost(null, 4)], cost(null, 6)],
  ["notional money adds up as such", [cost(1, 0, true), cost(2, 0, true)], cost(3, 0, true)],
  ["notional money is never added to real money", [cost(1, 0, true), cost(2, 0)], cost(2, 0)],
])("%s", (_name, costs, total) => {
  expect(addCosts(costs)).toEqual(total.cost);
});

test("what moved between two previews is named with both versions", async () => {
  const before = await preview([{ id: "a" }]);
  const step = before.preview.steps[0];
  if (!step) throw new Error("no step");
  const moved = { ...step, resources: [{ ref: "thing:a", version: "7" }] };
  const after = { ...before, preview: { ...before.preview, steps: [moved] } };
  expect(findMoved(before, before)).toEqual([]);
  expect(findMoved(before, after)).toEqual([{ ref: "thing:a", was: null, is: "7" }]);
});
