import type { Entity } from "@causeway/contract";
import { expect, test } from "vitest";
import { groupRelations, ownerOf, relationWord } from "./entity-facts.ts";

const entity = (more: Partial<Entity>): Entity => ({
  apiVersion: "backstage.io/v1alpha1",
  kind: "Component",
  metadata: { name: "docs-bot", namespace: "acme" },
  ...more,
});

test("the owner is the related one, else the written one in the entity's own namespace", () => {
  const relations = [{ type: "ownedBy", targetRef: "group:default/platform" }];
  expect(ownerOf(entity({ relations, spec: { owner: "product" } }))).toBe("group:default/platform");
  expect(ownerOf(entity({ spec: { owner: "product" } }))).toBe("group:acme/product");
  expect(ownerOf(entity({}))).toBeUndefined();
});

test("relations are grouped by what they say", () => {
  const relations = [
    { type: "dependsOn", targetRef: "resource:default/b" },
    { type: "dependsOn", targetRef: "resource:default/a" },
    { type: "dependsOn", targetRef: "resource:default/b" },
    { type: "ownedBy", targetRef: "group:default/platform" },
  ];
  expect(groupRelations(entity({ relations }))).toEqual([
    { word: "Depends on", targets: ["resource:default/a", "resource:default/b"] },
    { word: "Owned by", targets: ["group:default/platform"] },
  ]);
  expect(relationWord("paidFromBudget")).toBe("Paid from budget");
});
