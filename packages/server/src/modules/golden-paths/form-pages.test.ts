import { expect, test } from "vitest";
import { toFormPage } from "./form-pages.ts";

test("moves inline ui keys to the uiSchema and keeps the rest as plain JSON Schema", () => {
  const page = toFormPage({
    title: "About",
    description: "Who and what",
    required: ["owner"],
    "ui:order": ["owner", "tags"],
    properties: {
      owner: { type: "string", title: "Owner", "ui:field": "OwnerPicker" },
      tags: { type: "array", items: { type: "string", "ui:placeholder": "tag" } },
    },
  });
  expect(page).toEqual({
    title: "About",
    description: "Who and what",
    schema: {
      required: ["owner"],
      properties: {
        owner: { type: "string", title: "Owner" },
        tags: { type: "array", items: { type: "string" } },
      },
    },
    uiSchema: {
      "ui:order": ["owner", "tags"],
      owner: { "ui:field": "OwnerPicker" },
      tags: { items: { "ui:placeholder": "tag" } },
    },
  });
});

test("merges the ui keys of branches into the place of the object that they describe", () => {
  const branch = { properties: { size: { type: "number", "ui:help": "in GB" } } };
  const page = toFormPage({
    properties: { kind: { type: "string", "ui:autofocus": true } },
    dependencies: { kind: { oneOf: [branch] }, other: ["kind"] },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's word
    allOf: [{ if: {}, then: { properties: { kind: { "ui:help": "choose" } } } }],
  });
  expect(page.uiSchema).toEqual({
    kind: { "ui:autofocus": true, "ui:help": "choose" },
    size: { "ui:help": "in GB" },
  });
  expect(page.schema["dependencies"]).toEqual({
    kind: { oneOf: [{ properties: { size: { type: "number" } } }] },
    other: ["kind"],
  });
});

test("keeps a property that is itself called like a keyword", () => {
  const page = toFormPage({ properties: { items: { type: "string", "ui:help": "x" } } });
  expect(page.uiSchema).toEqual({ items: { "ui:help": "x" } });
});

test("titles a page without title as Backstage does", () => {
  expect(toFormPage({ properties: {} }).title).toBe("Please enter the following information");
});
