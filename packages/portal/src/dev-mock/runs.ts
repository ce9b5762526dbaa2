import type {
  Change,
  PlanPreview,
  RunState,
  RunStreamEvent,
  RunView,
  StepState,
  StepView,
} from "@causeway/contract";
import { ago } from "./rows.ts";

const steps = [
  { id: "files", title: "Write the service's files", action: "fetch:template", undo: "restore" },
  { id: "repository", title: "Create its repository", action: "publish:git", undo: "restore" },
  {
    id: "catalog",
    title: "Register it in the catalog",
    action: "catalog:register",
    undo: "restore",
  },
  {
    id: "store",
    title: "Provision its vector store",
    action: "vector-store:provision",
    undo: "restore",
  },
  {
    id: "key",
    title: "Create its key, bound to its budget",
    action: "gateway-key:create",
    undo: "compensate",
  },
  { id: "documents", title: "Load its documents", action: "documents:load", undo: "spend" },
  {
    id: "prompt",
    title: "Publish version 1 of its prompt",
    action: "prompt:publish",
    undo: "restore",
  },
  { id: "deploy", title: "Start it", action: "service:deploy", undo: "restore" },
] as const;

function changesOf(id: string, name: string): Change[] {
  const file = (path: string, diff: string): Change => ({
    verb: "create",
    kind: "file",
    ref: path,
    diff,
  });
  const made = (kind: string, ref: string, detail?: string): Change => ({
    verb: "create",
    kind,
    ref,
    ...(detail === undefined ? {} : { detail }),
  });
  const all: Readonly<Record<string, Change[]>> = {
    files: [
      file("README.md", `# ${name}\n\nAnswers questions from documents.\n`),
      file("causeway.service.yaml", "runner: deno\nentry: src/deno.ts\negress: [gateway]\n"),
      file("src/answer.ts", "export function answer() {\n  return [];\n}\n"),
      file(
        "src/handler.ts",
        "export async function handle(request: Request) {\n  return new Response();\n}\n",
      ),
      file("src/lib/sources.ts", "export const sources = [];\n"),
      file("test/answer.test.ts", "// tests\n"),
    ],
    repository: [made("repository", `repos/${name}.git`, "with a first commit")],
    catalog: [
      made("entity", `component:default/${name}`),
      made("entity", `prompt:default/${name}`),
      made("entity", `budget:default/${name}`, "$5.00 per month"),
    ],
    store: [made("vector-store", `vectorstore:default/${name}-documents`, "256 dimensions")],
    key: [made("key", `component:default/${name}`, "two routes, one store")],
    documents: [
      { verb: "use", kind: "documents", ref: "examples/acme/documents", detail: "17 files, 38 KB" },
    ],
    prompt: [made("prompt", `prompt:default/${name}`, "version 1")],
    deploy: [made("deployment", `component:default/${name}`, `/services/${name}/`)],
  };
  return all[id] ?? [];
}

export function previewOf(name: string): PlanPreview {
  return {
    steps: steps.map((step) => ({
      stepId: step.id,
      action: step.action,
      version: 1,
      title: step.title,
      kind: step.id === "deploy" ? "unknown" : "known",
      summary: `${step.title} for ${name}`,
      changes: changesOf(step.id, name),
      resources: [],
      cost: { monthlyMicroUsd: 0, onceMicroUsd: 0, notional: true },
      undo: step.undo,
      effects: { writes: [], reads: [], risk: "low", undo: step.undo, cost: "none" },
    })),
    total: { monthlyMicroUsd: 5_000_000, onceMicroUsd: 310, notional: true },
    undoCoverage: { restore: 6, compensate: 1, none: 0, spend: 1 },
    policy: "not evaluated",
    evals: "not run",
  };
}

function stepView(at: number, state: StepState): StepView {
  const step = steps[at] ?? steps[0];
  const isStarted = state !== "pending" && state !== "skipped";
  return {
    id: step.id,
    name: step.title,
    action: step.action,
    version: 1,
    dependsOn: at === 0 ? [] : [steps[at - 1]?.id ?? ""],
    state,
    attempt: state === "failed" ? 2 : 1,
    startedAt: isStarted ? ago(3 - at * 0.01) : null,
    finishedAt:
      state === "done" || state === "failed" ? ago(3 - at * 0.01 - 0.006 - at * 0.002) : null,
    progress: state === "running" ? { done: 9, total: 17, unit: "files" } : null,
    output: null,
    error:
      state === "failed"
        ? {
            code: "documents_unreadable",
            message: "handbook/leave.md is no text: byte 14 is no UTF-8.",
            fix: "Save it as UTF-8 or take it out of the folder, then retry.",
            retryable: true,
          }
        : null,
  };
}

type RunSketch = {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly done: number;
};

export function runOf({ id, name, state, done }: RunSketch): RunView {
  const active: Partial<Record<RunState, StepState>> = { running: "running", failed: "failed" };
  const views = steps.map((_, at) =>
    stepView(at, at < done ? "done" : at === done ? (active[state] ?? "pending") : "pending"),
  );
  const isStarted = done > 0 || state === "running";
  return {
    id,
    title: `Answers from documents: ${name}`,
    state,
    principal: "user:default/admin",
    templateRef: "template:default/rag-service",
    createdAt: ago(4),
    startedAt: isStarted ? ago(3) : null,
    finishedAt: state === "done" || state === "failed" ? ago(2.88) : null,
    stepsDone: done,
    stepsTotal: steps.length,
    plan: { title: name, parameters: { name }, steps: [], output: {} },
    planHash: `hash-${name}`,
    preview: previewOf(name),
    steps: views,
    error: null,
    output:
      state === "done"
        ? {
            links: [
              {
                title: "Open the service",
                url: `${globalThis.location?.origin ?? ""}/services/${name}/`,
              },
              { title: "Its page in the catalog", entityRef: `component:default/${name}` },
              { title: "Repository", url: `/home/example/.causeway/repos/${name}.git` },
            ],
            text: [],
            values: {},
          }
        : null,
    changes: steps
      .slice(0, done)
      .flatMap((step) =>
        changesOf(step.id, name).map((change) => ({ ...change, stepId: step.id })),
      ),
  };
}

export const sketches: readonly RunSketch[] = [
  { id: "run_live", name: "handbook", state: "running", done: 5 },
  { id: "run_previewed", name: "faq", state: "previewed", done: 0 },
  { id: "run_failed", name: "support", state: "failed", done: 5 },
  { id: "run_done", name: "docs-bot", state: "done", done: 8 },
];

/** A run as its watchers see it: the whole view, the log so far, and for a live one some more. */
export async function* eventsOf(run: RunView, signal: AbortSignal): AsyncGenerator<RunStreamEvent> {
  yield { kind: "run", run };
  let seq = 0;
  const line = (
    stepId: string,
    level: "info" | "warn" | "error",
    message: string,
  ): RunStreamEvent => ({
    kind: "log",
    line: { seq: seq++, at: new Date().toISOString(), stepId, level, message },
  });
  for (const step of run.steps) {
    if (step.state === "pending") break;
    yield line(step.id, "info", `${step.name}: started`);
    for (let at = 0; at < 6; at += 1) yield line(step.id, "info", `part ${at + 1} of 6`);
    if (step.error) yield line(step.id, "error", step.error.message);
  }
  if (run.state !== "running") {
    if (run.state !== "previewed") yield { kind: "end", state: run.state };
    return;
  }
  for (let done = 10; !signal.aborted; done = done < 17 ? done + 1 : 9) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    yield { kind: "progress", stepId: "documents", done, total: 17, unit: "files" };
    yield line("documents", done === 13 ? "warn" : "info", `loaded file ${done} of 17`);
  }
}
