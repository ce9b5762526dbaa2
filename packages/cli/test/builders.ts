import { type PlanPreview, type RunView, type StepView } from "@causeway/contract";

export function aStep(change: Partial<StepView> = {}): StepView {
  return {
    id: "publish",
    name: "Publish the repository",
    action: "publish:git",
    version: 1,
    dependsOn: [],
    state: "pending",
    attempt: 1,
    startedAt: null,
    finishedAt: null,
    progress: null,
    output: null,
    error: null,
    ...change,
  };
}

export function aPreview(change: Partial<PlanPreview> = {}): PlanPreview {
  return {
    steps: [
      {
        stepId: "publish",
        action: "publish:git",
        version: 1,
        title: "Publish the repository",
        kind: "known",
        summary: "creates handbook.git",
        changes: [{ verb: "create", kind: "repository", ref: "handbook.git" }],
        resources: [],
        cost: { monthlyMicroUsd: 1_500_000, onceMicroUsd: 0, notional: true },
        undo: "restore",
        effects: {
          writes: ["repository"],
          reads: [],
          risk: "low",
          undo: "restore",
          cost: "monthly",
        },
      },
    ],
    total: { monthlyMicroUsd: 1_500_000, onceMicroUsd: 0, notional: true },
    undoCoverage: { restore: 1, compensate: 0, none: 0, spend: 0 },
    policy: "not evaluated",
    evals: "not run",
    ...change,
  };
}

export function aRun(change: Partial<RunView> = {}): RunView {
  return {
    id: "run_1",
    title: "Create handbook",
    state: "previewed",
    principal: "user:default/admin",
    templateRef: "template:default/rag-service",
    createdAt: "2026-01-01T00:00:00.000Z",
    startedAt: null,
    finishedAt: null,
    stepsDone: 0,
    stepsTotal: 1,
    plan: { title: "Create handbook", parameters: {}, steps: [], output: {} },
    planHash: "hash",
    preview: aPreview(),
    steps: [aStep()],
    error: null,
    output: null,
    changes: [],
    ...change,
  };
}

export const aForm = {
  ref: "template:default/rag-service",
  name: "rag-service",
  title: "Question service",
  description: "Answers questions about documents.",
  type: "service",
  owner: "group:default/platform",
  version: "1.0.0",
  tags: [],
  need: "Answer questions about our documents",
  runs: { total: 0, succeeded: 0, failed: 0 },
  pages: [
    {
      title: "Service",
      schema: {
        required: ["name", "documents"],
        properties: {
          name: { type: "string", title: "Name" },
          documents: { type: "string", title: "Documents" },
          replicas: { type: "integer", title: "Replicas", default: 1 },
        },
      },
      uiSchema: { documents: { "ui:options": { path: "folder" } } },
    },
  ],
  steps: [{ id: "publish", name: "Publish the repository", action: "publish:git" }],
};
