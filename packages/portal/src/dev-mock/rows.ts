import type {
  AuditEntry,
  BudgetView,
  GoldenPathForm,
  KeyView,
  Me,
  PromptDetail,
  ServiceAnswer,
  ServiceView,
  UsageRecord,
  UsageReport,
} from "@causeway/contract";

const minute = 60_000;
export const ago = (minutes: number) => new Date(Date.now() - minutes * minute).toISOString();

export const admin: Me = {
  principal: "user:default/admin",
  displayName: "Administrator (example)",
  via: "session",
  isAdmin: true,
  groups: ["group:default/platform"],
};

const service = (name: string, more: Partial<ServiceView>): ServiceView => ({
  ref: `component:default/${name}`,
  name,
  owner: "group:default/platform",
  ingress: `/services/${name}/`,
  public: false,
  commit: "4f1de96d2c0f4c7f8a0b7d1e2f3a4b5c6d7e8f90",
  repository: name,
  health: "healthy",
  healthDetail: null,
  startedAt: ago(200),
  restarts: 0,
  runId: "run_done",
  ...more,
});

export const services: readonly ServiceView[] = [
  service("docs-bot", {}),
  service("release-notes", {
    owner: "group:default/product",
    health: "restarting",
    healthDetail: "/healthz answered 503 three times; next start in 8 s",
    restarts: 3,
  }),
];

const windowStart = () => `${new Date().toISOString().slice(0, 8)}01T00:00:00.000Z`;
const resetsAt = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
};

export const budgets = (): BudgetView[] => [
  {
    ref: "budget:default/docs-bot",
    subject: "component:default/docs-bot",
    owner: "group:default/platform",
    capMicroUsd: 5_000_000,
    window: "month",
    windowStart: windowStart(),
    resetsAt: resetsAt(),
    spentMicroUsd: 0,
    notionalMicroUsd: 1_284_310,
  },
  {
    ref: "budget:default/release-notes",
    subject: "component:default/release-notes",
    owner: "group:default/product",
    capMicroUsd: 20_000_000,
    window: "month",
    windowStart: windowStart(),
    resetsAt: resetsAt(),
    spentMicroUsd: 18_700_000,
    notionalMicroUsd: 0,
  },
];

export const keys: readonly KeyView[] = [
  {
    id: "key_1",
    name: "docs-bot",
    principal: "component:default/docs-bot",
    owner: "group:default/platform",
    budgetRef: "budget:default/docs-bot",
    routes: ["route:default/chat", "route:default/embedding"],
    createdAt: ago(300),
    lastUsedAt: ago(2),
    revokedAt: null,
  },
  {
    id: "key_2",
    name: "laptop",
    principal: "user:default/admin",
    owner: "group:default/platform",
    budgetRef: null,
    routes: "*",
    createdAt: ago(9_000),
    lastUsedAt: null,
    revokedAt: ago(30),
  },
];

const usageRow = (key: string, more: Partial<UsageReport["total"]>): UsageReport["total"] => ({
  key,
  requests: 120,
  failed: 2,
  inputTokens: 182_400,
  outputTokens: 11_210,
  costMicroUsd: 0,
  notionalMicroUsd: 34_086,
  unpriced: 0,
  p50DurationMs: 14,
  p95DurationMs: 41,
  p50TtftMs: 6,
  ...more,
});

export function usage(groupBy: UsageReport["groupBy"]): UsageReport {
  const hour = 3_600_000;
  const step = groupBy === "day" ? 24 * hour : hour;
  const last = Math.floor(Date.now() / step) * step;
  const rows: Partial<Record<UsageReport["groupBy"], UsageReport["rows"]>> = {
    principal: [
      usageRow("component:default/docs-bot", {}),
      usageRow("component:default/release-notes", {
        costMicroUsd: 18_700_000,
        notionalMicroUsd: 0,
      }),
      usageRow("user:default/admin", {
        requests: 3,
        failed: 0,
        unpriced: 3,
        notionalMicroUsd: 0,
        p50DurationMs: null,
        p95DurationMs: null,
      }),
    ],
    model: [
      usageRow("model:default/local-extract-1", {}),
      usageRow("model:default/local-hash-256", {}),
    ],
    hour: [20, 9, 8, 5, 4, 2, 1, 0].map((back, at) =>
      usageRow(new Date(last - back * step).toISOString(), {
        notionalMicroUsd: 900 + ((at * 977) % 4_000),
      }),
    ),
    day: [12, 9, 6, 3, 2, 1, 0].map((back, at) =>
      usageRow(new Date(last - back * step).toISOString(), {
        notionalMicroUsd: 20_000 + ((at * 9_770) % 60_000),
      }),
    ),
  };
  return {
    groupBy,
    from: windowStart(),
    to: new Date().toISOString(),
    rows: rows[groupBy] ?? [usageRow("local", {})],
    total: usageRow("total", { requests: 243, costMicroUsd: 18_700_000 }),
  };
}

export const requests = (): UsageRecord[] =>
  Array.from({ length: 14 }, (_, at) => ({
    id: `req_${at}:1`,
    requestId: `req_${at}`,
    attempt: 1,
    gateway: "gw_1",
    at: ago(at * 3),
    keyId: "key_1",
    principal: "component:default/docs-bot",
    owner: "group:default/platform",
    flow: "docs-bot",
    route: "route:default/chat",
    model: at % 3 === 1 ? "model:default/local-hash-256" : "model:default/local-extract-1",
    provider: "provider:default/local",
    operation: at % 3 === 1 ? ("embeddings" as const) : ("chat" as const),
    stream: true,
    outcome: at === 4 ? ("refused" as const) : ("succeeded" as const),
    httpStatus: at === 4 ? 429 : 200,
    errorCode: at === 4 ? "budget_exhausted" : null,
    inputTokens: 1_240 + at,
    outputTokens: at % 3 === 1 ? 0 : 92,
    estimated: at === 6,
    costMicroUsd: at === 7 ? null : 241,
    notional: true,
    priceSince: "2026-01-01",
    budgetId: "budget_1",
    windowStart: windowStart(),
    ttftMs: at % 3 === 1 ? null : 7,
    durationMs: 18 + at,
    traceId: `4bf92f3577b34da6a3ce929d0e0e47${String(at).padStart(2, "0")}`,
  }));

export const goldenPath: GoldenPathForm = {
  ref: "template:default/rag-service",
  name: "rag-service",
  title: "Answers from documents",
  description:
    "A service that answers questions from a folder of documents and quotes its sources word for word.",
  type: "service",
  owner: "group:default/platform",
  version: "1.0.0",
  tags: ["ai", "rag", "typescript"],
  need: "Answer questions from documents",
  runs: { total: 12, succeeded: 11, failed: 1 },
  pages: [
    {
      title: "The service",
      schema: {
        required: ["name", "owner"],
        properties: {
          name: {
            title: "Name",
            type: "string",
            description: "Part of the service's address, its repository and its catalog entry.",
          },
          owner: {
            title: "Owner",
            type: "string",
            description: "The group that looks after the service and pays for it.",
          },
        },
      },
      uiSchema: {
        name: {
          "ui:autofocus": true,
          "ui:placeholder": "handbook",
          "ui:help": "small letters, digits and '-', at most 40 characters",
        },
        owner: {
          "ui:field": "OwnerPicker",
          "ui:options": { catalogFilter: { kind: ["Group", "User"] } },
        },
      },
    },
    {
      title: "What it knows and what it may spend",
      schema: {
        required: ["documents", "monthlyBudget"],
        properties: {
          documents: {
            title: "Folder of documents",
            type: "string",
            default: "examples/acme/documents",
            description: "Markdown and text files, with all folders below it.",
          },
          monthlyBudget: {
            title: "Monthly budget in US dollars",
            type: "string",
            default: "5.00",
            description: "A hard cap for everything the service spends on models.",
          },
        },
      },
      uiSchema: { monthlyBudget: { "ui:help": "an amount such as 5.00" } },
    },
  ],
  steps: [],
};

export const answer: ServiceAnswer = {
  answer: "Hand in a claim within 30 days of the purchase.",
  found: true,
  sources: [
    {
      title: "Expenses",
      path: "handbook/expenses.md",
      quote: "Claims are handed in within 30 days of the purchase.",
    },
  ],
  usage: { inputTokens: 412, outputTokens: 28, costMicroUsd: 79, notional: true },
  ttftMs: 6.4,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
};

export const prompt: PromptDetail = {
  ref: "prompt:default/docs-bot",
  name: "docs-bot",
  versions: 2,
  published: 2,
  hash: "9b74c9897bac770ffc029102a200c5de",
  items: [2, 1].map((version) => ({
    version,
    hash: "9b74c9897bac770ffc029102a200c5de",
    content: {
      system: "Answer from the passages only.\nQuote the sentences you use.",
      template: "Question: {{question}}\n\nPassages:\n{{passages}}",
      variables: ["question", "passages"],
      route: "route:default/chat",
      retrieval: { topK: 4 },
    },
    labels: version === 2 ? ["published"] : [],
    createdAt: ago(version * 50),
    createdBy: "user:default/admin",
    runId: "run_done",
  })),
};

export const auditEntries = (): AuditEntry[] =>
  Array.from({ length: 9 }, (_, at) => ({
    chain: "run:run_done",
    seq: 9 - at,
    at: ago(at + 1),
    actor: "user:default/admin",
    verb: ["step.done", "step.started", "run.started"][at % 3] ?? "",
    subject: "run:run_done",
    detail: {},
    prev: "e3b0c44298fc1c149afbf4c8996fb924",
    hash: "27ae41e4649b934ca495991b7852b855",
  }));
