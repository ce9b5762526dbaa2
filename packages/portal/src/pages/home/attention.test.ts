import { expect, test } from "vitest";
import { findAttention } from "./attention.ts";

const service = {
  ref: "component:default/docs-bot",
  name: "docs-bot",
  owner: "group:default/platform",
  ingress: "/services/docs-bot/",
  public: false,
  commit: "c",
  repository: "docs-bot",
  health: "healthy",
  healthDetail: null,
  startedAt: null,
  restarts: 0,
  runId: null,
} as const;
const run = {
  id: "run_1",
  title: "Create docs-bot",
  state: "failed",
  principal: "user:default/admin",
  templateRef: null,
  createdAt: "2030-01-01T00:00:00Z",
  startedAt: null,
  finishedAt: null,
  stepsDone: 2,
  stepsTotal: 8,
} as const;
const budget = {
  ref: "budget:default/docs-bot",
  subject: "component:default/docs-bot",
  owner: "group:default/platform",
  capMicroUsd: 1_000,
  window: "month",
  windowStart: "2030-01-01T00:00:00Z",
  resetsAt: "2030-02-01T00:00:00Z",
  spentMicroUsd: 400,
  notionalMicroUsd: 499,
} as const;

test("a quiet day needs nobody", () => {
  expect(findAttention([service], [{ ...run, state: "done" }], [budget])).toEqual([]);
});

test("services that are down come before stopped runs, and those before caps nearly reached", () => {
  const sick = { ...service, health: "restarting", healthDetail: "answered 503" } as const;
  const items = findAttention([sick], [run], [{ ...budget, notionalMicroUsd: 500 }]);
  expect(items.map((item) => [item.what, item.why])).toEqual([
    ["docs-bot", "answered 503"],
    ["Create docs-bot", "Failed after 2 of 8 steps"],
    ["docs-bot", "90 % of its budget is used; calls stop at the cap"],
  ]);
  expect(items[2]?.href).toBe("/catalog/component/default/docs-bot/spend");
});
