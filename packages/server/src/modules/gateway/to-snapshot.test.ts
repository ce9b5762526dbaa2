import { expect, test } from "vitest";
import type { Entity } from "@causeway/contract";
import { toSnapshotContent } from "./to-snapshot.ts";

const owner = "group:default/platform";

function entity(kind: string, name: string, spec: object): Entity {
  const metadata = { name, namespace: "default" };
  return { apiVersion: "causeway.dev/v1alpha1", kind, metadata, spec: { owner, ...spec } };
}

const provider = entity("Provider", "p", { driver: "openai", baseUrl: "http://127.0.0.1:9/v1" });
const price = { inputUsdPerMillion: "0.15", outputUsdPerMillion: "0.6", since: "2026-01-01" };
const model = entity("Model", "m", {
  provider: "provider:default/p",
  modelId: "upstream",
  purpose: "chat",
  contextTokens: 1000,
  maxOutputTokens: 100,
  price,
});
const route = entity("Route", "r", { purpose: "chat", targets: [{ model: "model:default/m" }] });

function build(entities: readonly Entity[]) {
  const of = (kind: string) => entities.filter((item) => item.kind === kind);
  return toSnapshotContent({
    providers: of("Provider"),
    models: of("Model"),
    routes: of("Route"),
    budgets: of("Budget"),
    keys: [],
    prompts: [],
  });
}

test("a route brings its targets with provider, name upstream and price in whole micro-USD", () => {
  const { content, faults } = build([provider, model, route]);
  expect(faults).toEqual([]);
  expect(content.routes).toEqual([
    {
      name: "r",
      ref: "route:default/r",
      purpose: "chat",
      targets: [
        {
          model: "model:default/m",
          provider: "provider:default/p",
          providerModel: "upstream",
          price: {
            inputMicroUsdPerMillion: 150_000,
            outputMicroUsdPerMillion: 600_000,
            notional: false,
            since: "2026-01-01",
          },
          maxOutputTokens: 100,
          contextTokens: 1000,
        },
      ],
    },
  ]);
});

test("a model without a price has an unknown one, not a free one", () => {
  const { price: _none, ...spec } = model.spec ?? {};
  const { content } = build([provider, { ...model, spec }, route]);
  expect(content.routes[0]?.targets[0]?.price).toBeNull();
});

test.each([
  ["a missing model", [provider, route], /its target model:default\/m does not exist/],
  ["a missing provider", [model, route], /its provider provider:default\/p does not exist/],
  [
    "a model for something else",
    [
      provider,
      model,
      entity("Route", "r", { purpose: "embedding", targets: [{ model: "model:default/m" }] }),
    ],
    /is not for embedding/,
  ],
  [
    "a provider without address",
    [entity("Provider", "x", { driver: "openai" })],
    /needs a baseUrl/,
  ],
  [
    "a wrong budget",
    [entity("Budget", "b", { subject: owner, capUsd: "a lot", window: "day" })],
    /budget:default\/b/,
  ],
])("%s is named and leaves the rest as it is", (_name, entities, fault) => {
  const { faults } = build(entities);
  expect(faults.join("\n")).toMatch(fault);
});

test("the order of the sources does not matter", () => {
  const all = [
    provider,
    model,
    route,
    entity("Route", "a", { purpose: "chat", targets: [{ model: "model:default/m" }] }),
  ];
  expect(build(all)).toEqual(build(all.toReversed()));
});
