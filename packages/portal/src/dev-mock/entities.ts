import type { Entity, Json } from "@causeway/contract";

type Short = {
  readonly kind: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly spec: Readonly<Record<string, Json>>;
  readonly relations?: readonly (readonly [string, string])[];
};

const ownKinds = new Set(["Provider", "Model", "Route", "Prompt", "Budget", "VectorStore"]);

function entity({ kind, name, title, description, spec, relations = [] }: Short): Entity {
  return {
    apiVersion: ownKinds.has(kind) ? "causeway.dev/v1alpha1" : "backstage.io/v1alpha1",
    kind,
    metadata: {
      name,
      namespace: "default",
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
    },
    spec,
    relations: relations.map(([type, targetRef]) => ({ type, targetRef })),
  };
}

const group = (name: string, description: string) =>
  entity({
    kind: "Group",
    name,
    description,
    spec: { type: "team", children: [] },
    relations: [["hasMember", "user:default/admin"]],
  });

const platform = "group:default/platform";

/** An example organisation that exists only while one develops. */
export const entities: readonly Entity[] = [
  group("platform", "Runs Causeway and its golden paths"),
  group("product", "Builds the product"),
  group("finance", "Watches spend and agrees to budgets"),
  ...Array.from({ length: 45 }, (_, at) => group(`team-${at + 1}`, "One of many, to page through")),
  entity({ kind: "User", name: "admin", spec: { memberOf: ["platform"] } }),
  entity({
    kind: "Component",
    name: "docs-bot",
    title: "Docs bot",
    description: "Answers questions from documents and quotes its sources",
    spec: { type: "service", lifecycle: "production", owner: platform },
    relations: [
      ["ownedBy", platform],
      ["dependsOn", "vectorstore:default/docs-bot-documents"],
      ["dependsOn", "route:default/chat"],
    ],
  }),
  entity({
    kind: "Component",
    name: "release-notes",
    description: "Summarises merged changes",
    spec: { type: "service", lifecycle: "experimental", owner: "group:default/product" },
    relations: [["ownedBy", "group:default/product"]],
  }),
  entity({
    kind: "Prompt",
    name: "docs-bot",
    spec: {
      owner: platform,
      system: "Answer from the passages.\nQuote.",
      template: "{{question}}",
      variables: ["question"],
    },
    relations: [["ownedBy", platform]],
  }),
  entity({
    kind: "Budget",
    name: "docs-bot",
    spec: {
      owner: platform,
      subject: "component:default/docs-bot",
      capUsd: "5.00",
      window: "month",
    },
    relations: [["ownedBy", platform]],
  }),
  entity({
    kind: "Route",
    name: "chat",
    description: "The model name that callers of chat send",
    spec: {
      owner: platform,
      purpose: "chat",
      targets: [{ model: "model:default/local-extract-1" }],
    },
    relations: [["ownedBy", platform]],
  }),
  entity({
    kind: "Model",
    name: "local-extract-1",
    spec: {
      owner: platform,
      provider: "provider:default/local",
      purpose: "chat",
      price: { inputUsdPerMillion: "0.15", outputUsdPerMillion: "0.60", notional: true },
    },
    relations: [["ownedBy", platform]],
  }),
];
