import { expect, test } from "vitest";
import { parseCatalogFile } from "./parse-file.ts";

const component = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: docs-bot
spec:
  type: service
  lifecycle: production
  owner: platform
`;

test("reads several documents and skips empty ones", async () => {
  const parsed = await parseCatalogFile(
    `# a comment\n---\n${component}---\n---\n${component}`,
    "catalog-info.yaml",
  );
  expect(parsed.issues).toEqual([]);
  expect(parsed.entities.map((item) => [item.entity.metadata.name, item.line])).toEqual([
    ["docs-bot", 3],
    ["docs-bot", 13],
  ]);
});

test("a bad document fails alone, its neighbours are returned", async () => {
  const bad = component.replace("name: docs-bot", 'name: "docs bot"');
  const parsed = await parseCatalogFile(`${bad}---\n${component}`, "a.yaml");
  expect(parsed.entities).toHaveLength(1);
  expect(parsed.issues.map((issue) => issue.path)).toEqual(["a.yaml:4:9"]);
  expect(parsed.issues[0]?.message).toContain('found "docs bot"');
});

test.each([
  [
    "a missing field, at its parent",
    component.replace("  owner: platform\n", ""),
    "5:1",
    "spec.owner is required",
  ],
  [
    "tags written as a text",
    component.replace("spec:", "  tags: java\nspec:"),
    "5:9",
    "metadata.tags must be a list",
  ],
  [
    "a number as an annotation",
    component.replace("spec:", "  annotations:\n    a/b: 3\nspec:"),
    "6:10",
    "annotations.a/b expected a text",
  ],
  ["an unknown field of the root", `${component}relations: []\n`, "9:1", "relations unknown field"],
  [
    "an unknown kind",
    component.replace("Component", "Komponent"),
    "2:7",
    'unknown kind "Komponent"',
  ],
  [
    "a version of another kind",
    component.replace("backstage.io/v1alpha1", "causeway.dev/v1alpha1"),
    "1:13",
    "Component needs backstage.io/v1alpha1",
  ],
  [
    "keys that differ in case only",
    component.replace("  type: service", "  Type: x\n  type: service"),
    "7:9",
    'differs from "Type" only in case',
  ],
  [
    "a key given twice",
    component.replace("  type: service", "  type: x\n  type: service"),
    "7:3",
    "Map keys must be unique",
  ],
  ["broken YAML", "apiVersion: [\nkind", "2:1", "Flow sequence"],
  ["a list instead of a map", "- a\n- b\n", "1:1", "an entity is a map"],
  ["an alias to nothing", "apiVersion: *nowhere\n", "1:1", "nresolved alias"],
])("says where: %s", async (_name, ...[text, place, message]) => {
  const { issues, entities } = await parseCatalogFile(text, "f.yaml");
  expect(entities).toEqual([]);
  expect(issues[0]?.path).toBe(`f.yaml:${place}`);
  expect(issues[0]?.message).toContain(message);
});

test("names every violation, not only the first", async () => {
  const text = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: -bad-
  namespace: Upper
  tags: [Java]
  links:
    - title: no url
spec:
  type: 3
`;
  const { issues } = await parseCatalogFile(text, "f.yaml");
  expect(issues.map((issue) => issue.message.split(" ")[0])).toEqual([
    "metadata.name",
    "metadata.namespace",
    "metadata.tags[0]",
    "metadata.links[0].url",
    "spec.type",
    "spec.lifecycle",
    "spec.owner",
  ]);
});

test("checks our kinds by their own schema", async () => {
  const text = `apiVersion: causeway.dev/v1alpha1
kind: Budget
metadata:
  name: docs
spec:
  owner: group:default/platform
  subject: component:default/docs-bot
  capUsd: 12.5
  windw: month
`;
  const { issues } = await parseCatalogFile(text, "budget.yaml");
  expect(issues).toEqual(
    [
      { path: "budget.yaml:8:11", message: expect.stringContaining("spec.capUsd") },
      { path: "budget.yaml:5:1", message: "spec.window is required" },
      { path: "budget.yaml:9:10", message: "spec.windw unknown field" },
    ].map((issue) => expect.objectContaining(issue)),
  );
});

test("merge keys are off, as in Backstage", async () => {
  const text = component.replace("spec:\n", "spec:\n  <<: {type: library}\n");
  const { entities } = await parseCatalogFile(text, "f.yaml");
  expect(entities[0]?.entity.spec?.["<<"]).toEqual({ type: "library" });
});
