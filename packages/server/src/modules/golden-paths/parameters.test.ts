import { expect, test } from "vitest";
import { toFormPage } from "./form-pages.ts";
import { checkParameters, refFields } from "./parameters.ts";

const pages = [
  toFormPage({
    required: ["name", "owner"],
    properties: {
      name: {
        type: "string",
        pattern: "^[a-z][a-z0-9-]*$",
        "ui:help": "small letters, digits and '-'",
      },
      owner: { type: "string", "ui:field": "OwnerPicker" },
      size: { type: "string", enum: ["small", "large"] },
      replicas: { type: "integer", default: 2 },
      contact: { type: "string", format: "email" },
      note: { type: "string", minLength: 1, maxLength: 5 },
    },
  }),
  toFormPage({ properties: { budget: { type: "string", default: "5.00" } } }),
];
const good = { name: "handbook", owner: "group:platform" };

test("fills in the defaults of every page and leaves what was sent untouched", () => {
  const sent = { ...good };
  expect(checkParameters(pages, sent)).toEqual({
    parameters: { ...good, replicas: 2, budget: "5.00" },
    issues: [],
  });
  expect(sent).toEqual(good);
});

test.each([
  {
    what: "a missing value",
    values: { owner: "x" },
    issue: { path: "name", message: "is missing: small letters, digits and '-'" },
  },
  {
    what: "a wrong pattern",
    values: { ...good, name: "Hand Book" },
    issue: { path: "name", message: `"Hand Book" does not fit: small letters, digits and '-'` },
  },
  {
    what: "a wrong choice",
    values: { ...good, size: "huge" },
    issue: { path: "size", message: 'must be one of "small", "large"' },
  },
  {
    what: "a wrong type",
    values: { ...good, replicas: "two" },
    issue: { path: "replicas", message: "must be a whole number" },
  },
  {
    what: "a wrong format",
    values: { ...good, contact: "me" },
    issue: { path: "contact", message: '"me" is not a valid email' },
  },
  {
    what: "an empty text",
    values: { ...good, note: "" },
    issue: { path: "note", message: "must not be empty" },
  },
  {
    what: "a long text",
    values: { ...good, note: "too long" },
    issue: { path: "note", message: "must have at most 5 characters" },
  },
])("names the field of $what and says what to write", ({ values, issue }) => {
  expect(checkParameters(pages, values).issues).toEqual([issue]);
});

test("refuses a misspelled parameter instead of dropping it", () => {
  const { issues } = checkParameters(pages, { ...good, buget: "9.00" });
  expect(issues).toEqual([
    {
      path: "buget",
      message:
        "is not a parameter of this golden path; it asks for name, owner, size, replicas, contact, note, budget",
    },
  ]);
});

test("knows the parameters that only a branch of the form declares", () => {
  const branching = [
    toFormPage({
      properties: { kind: { type: "string" } },
      dependencies: { kind: { oneOf: [{ properties: { depth: { type: "number" } } }] } },
    }),
  ];
  expect(checkParameters(branching, { kind: "a", depth: 1 }).issues).toEqual([]);
});

test("lists the fields that hold entity refs with the kind that a bare name means", () => {
  expect(refFields(pages)).toEqual([{ name: "owner", defaultKind: "group" }]);
});
