import type { Entity } from "@causeway/contract";
import { expect, test } from "vitest";
import { relationsOf } from "./relations.ts";

function entity(kind: string, spec: Entity["spec"], namespace?: string): Entity {
  const metadata = namespace === undefined ? { name: "It" } : { name: "It", namespace };
  return { apiVersion: "backstage.io/v1alpha1", kind, metadata, ...(spec ? { spec } : {}) };
}

function edges(value: Entity): string[] {
  return relationsOf(value).map((edge) => `${edge.source} ${edge.type} ${edge.target}`);
}

test("emits both directions, in full lower-case refs", () => {
  expect(edges(entity("Component", { owner: "Platform", system: "Docs" }, "acme"))).toEqual([
    "component:acme/it ownedBy group:acme/platform",
    "group:acme/platform ownerOf component:acme/it",
    "component:acme/it partOf system:acme/docs",
    "system:acme/docs hasPart component:acme/it",
  ]);
});

test("a dependency needs its kind; a bare name is no target", () => {
  const spec = { owner: "user:admin", dependsOn: ["resource:store", "bare"] };
  expect(edges(entity("Component", spec))).toEqual([
    "component:default/it ownedBy user:default/admin",
    "user:default/admin ownerOf component:default/it",
    "component:default/it dependsOn resource:default/store",
    "resource:default/store dependencyOf component:default/it",
  ]);
});

test.each([
  ["Budget", { subject: "component:docs" }, "budget:default/it paysFor component:default/docs"],
  ["Model", { provider: "provider:local" }, "model:default/it servedBy provider:default/local"],
  [
    "Route",
    { targets: [{ model: "model:a" }, { model: "model:b" }] },
    "route:default/it routesTo model:default/b",
  ],
  [
    "VectorStore",
    { embeddingRoute: "route:embedding" },
    "vectorstore:default/it usesRoute route:default/embedding",
  ],
  ["Prompt", { route: "route:chat" }, "route:default/chat routeUsedBy prompt:default/it"],
  ["User", { memberOf: ["platform"] }, "group:default/platform hasMember user:default/it"],
  ["Group", { parent: "company" }, "group:default/company parentOf group:default/it"],
])("%s names what it stands on", (kind, spec, expected) => {
  expect(edges(entity(kind, spec))).toContain(expected);
});
