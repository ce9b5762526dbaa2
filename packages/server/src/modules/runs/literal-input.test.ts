import { defineAction, noCost, type AnyAction } from "@causeway/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import { savePlan } from "./plan.ts";
import { prepareStep } from "./prepare.ts";
import { previewPlan } from "./preview.ts";
import { createRegistry } from "./registry.ts";

const store: AnyAction = defineAction({
  id: "t:store",
  version: 1,
  title: "Store",
  input: z.strictObject({ name: z.string(), data: z.json().optional() }),
  literalInput: ["data"],
  output: z.strictObject({}),
  undoRecord: z.strictObject({}),
  effects: { writes: [], reads: [], risk: "low", undo: "restore", cost: "none" },
  preview: async ({ name, data }) => ({
    summary: `${name}: ${JSON.stringify(data)}`,
    changes: [],
    resources: [],
    cost: noCost,
    output: {},
  }),
  execute: async () => ({ output: {}, undo: {} }),
});

const registry = createRegistry([store], (text) => text);
const data = { steps: [{ input: "${{ steps.repository.output.url }} ${{ broken", if: "{% raw" }] };
const plan = savePlan(
  {
    title: "t",
    parameters: { who: "Ada" },
    output: {},
    steps: [{ id: "one", action: "t:store", input: { name: "${{ parameters.who }}", data } }],
  },
  registry,
);

test("what an action declares as data is stored as it is written, in the preview and in the run", async () => {
  const { preview } = await previewPlan(plan, {
    registry,
    runId: "run_1",
    principal: "user:default/admin",
    workspace: "/nowhere",
    signal: AbortSignal.abort(),
  });
  expect(preview.steps[0]?.summary).toBe(`Ada: ${JSON.stringify(data)}`);
  const [step] = plan.steps;
  const context = {
    parameters: plan.parameters,
    steps: {},
    user: { ref: "user:default/admin" },
    context: { task: { id: "run_1" } },
  };
  expect(step && prepareStep(step, context, registry)).toMatchObject({
    kind: "run",
    input: { name: "Ada", data },
  });
});
