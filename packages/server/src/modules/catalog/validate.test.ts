import {
  componentEntityV1alpha1Validator,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
} from "@backstage/catalog-model";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { validateEntity } from "./validate.ts";

const good = {
  apiVersion: "backstage.io/v1alpha1",
  kind: "Component",
  metadata: { name: "docs-bot", tags: ["a-b", "c++"], labels: { "acme.example/tier": "" } },
  spec: { type: "service", lifecycle: "production", owner: "platform" },
};

const policy = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

async function isOfficiallyValid(entity: unknown): Promise<boolean> {
  try {
    await policy.enforce(structuredClone(entity) as never);
    return await componentEntityV1alpha1Validator.check(structuredClone(entity) as never);
  } catch {
    return false;
  }
}

test("accepts a good entity", async () => {
  expect(await validateEntity(good)).toEqual([]);
});

/** Replaces or removes one leaf or branch of the good entity. */
const mutation = fc.record({
  path: fc.constantFrom(
    ["apiVersion"],
    ["kind"],
    ["metadata"],
    ["metadata", "name"],
    ["metadata", "namespace"],
    ["metadata", "title"],
    ["metadata", "tags"],
    ["metadata", "labels"],
    ["metadata", "annotations"],
    ["metadata", "links"],
    ["spec"],
    ["spec", "type"],
    ["spec", "owner"],
    ["spec", "dependsOn"],
    ["status"],
  ),
  value: fc.oneof(
    fc.constantFrom(
      undefined,
      null,
      "",
      "x",
      "A b",
      3,
      true,
      [],
      ["x"],
      [3],
      {},
      { a: "b" },
      { a: 1 },
      [{ url: "x" }],
      [{ url: "https://acme.example" }],
    ),
    fc.string(),
  ),
});

test("never accepts what Backstage refuses", async () => {
  await fc.assert(
    fc.asyncProperty(mutation, async ({ path, value }) => {
      const entity = structuredClone(good) as Record<string, unknown>;
      const [head = "", leaf] = path;
      if (leaf === undefined) entity[head] = value;
      else (entity[head] as Record<string, unknown>)[leaf] = value;
      const accepted = (await validateEntity(entity)).length === 0;
      if (accepted) expect(await isOfficiallyValid(entity)).toBe(true);
    }),
    { numRuns: 400, seed: 20261101 },
  );
});

test.each([
  ["Group", { type: "team", children: [] }],
  ["User", { memberOf: ["platform"] }],
  ["Resource", { type: "database", owner: "platform" }],
  ["System", { owner: "platform" }],
  ["Domain", { owner: "platform" }],
  ["API", { type: "openapi", lifecycle: "production", owner: "platform", definition: "x" }],
  [
    "API",
    {
      type: "mcp-server",
      lifecycle: "production",
      owner: "platform",
      remotes: [{ type: "streamable-http", url: "https://acme.example/mcp" }],
    },
  ],
  ["Location", { targets: ["./a.yaml"] }],
])("accepts %s", async (kind, spec) => {
  expect(await validateEntity({ ...good, kind, spec })).toEqual([]);
});
